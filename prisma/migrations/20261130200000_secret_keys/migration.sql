-- Keys that encrypt secrets in the database, themselves encrypted.
CREATE TABLE "secret_keys" (
    "id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "wrapped_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "secret_keys_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "secret_keys_current_key" ON "secret_keys"("scope") WHERE "retired_at" IS NULL;

-- They were encrypted in another way. A site orders its certificate again.
DELETE FROM "site_certificates";
DELETE FROM "acme_accounts";
ALTER TABLE "site_certificates" DROP COLUMN "key_version";
ALTER TABLE "acme_accounts" DROP COLUMN "key_version";
