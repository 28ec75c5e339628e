-- One writer at a time across the site: who writes to an upload has its lease, with a number that only goes up. Who takes over from a
-- writer that was given up goes on in another staged file.
ALTER TABLE "uploads" ADD COLUMN "staged_id" UUID,
ADD COLUMN "fence" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN "leased_until" TIMESTAMPTZ(3);
