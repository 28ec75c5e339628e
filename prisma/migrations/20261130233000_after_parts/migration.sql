-- The first bytes after the parts of a sealed upload, so that it can be continued when its writer dies. Sealed bytes don't compress.
ALTER TABLE "staged_objects" ADD COLUMN "after_parts" BYTEA;
ALTER TABLE "staged_objects" ALTER COLUMN "after_parts" SET STORAGE EXTERNAL;
