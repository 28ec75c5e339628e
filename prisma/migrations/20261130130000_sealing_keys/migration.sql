-- Keys that encrypt the data keys of blobs, themselves encrypted.
CREATE TABLE "sealing_keys" (
  "id" UUID NOT NULL,
  "scope" TEXT NOT NULL,
  "wrapped" BYTEA NOT NULL,
  "wrapped_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "retired_at" TIMESTAMPTZ(3),
  CONSTRAINT "sealing_keys_pkey" PRIMARY KEY ("id")
);

-- One key for new blobs.
CREATE UNIQUE INDEX "sealing_keys_current_key" ON "sealing_keys" ("scope") WHERE "retired_at" IS NULL;
