-- A new challenge waits beside the one that is proven, which counts until the new one is found.
ALTER TABLE "domain_proofs" ADD COLUMN     "next_challenge" TEXT,
ADD COLUMN     "next_expires_at" TIMESTAMPTZ(3);

-- Which display names have been looked at. Each counts for exactly the name that it holds.
ALTER TABLE "registries" ADD COLUMN     "approved_name" TEXT,
ADD COLUMN     "declined_name" TEXT,
ADD COLUMN     "flagged_name" TEXT,
ADD COLUMN     "flagged_reason" TEXT,
ADD COLUMN     "flagged_at" TIMESTAMPTZ(3);

-- An admin who decided to verify a publisher knew the name.
UPDATE "registries" SET "approved_name" = "display_name" WHERE "verified_by" = 'decision';

CREATE INDEX "registries_flagged_at_idx" ON "registries"("flagged_at");
