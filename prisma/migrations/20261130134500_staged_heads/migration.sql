-- The first bytes of an upload whose parts can't be read before they are joined. Sealed uploads begin with a header.
ALTER TABLE "staged_objects" ADD COLUMN "head" BYTEA;
