CREATE TABLE "access_keys" (
    "id" TEXT NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "user_id" UUID NOT NULL,
    "key_version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_service" TEXT,
    "last_used_address" TEXT,

    CONSTRAINT "access_keys_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "access_keys_registry_id_user_id_fkey" FOREIGN KEY ("registry_id", "user_id")
        REFERENCES "members"("registry_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "access_keys_registry_id_user_id_idx" ON "access_keys"("registry_id", "user_id");

CREATE TABLE "master_key_marks" (
    "version" INTEGER NOT NULL,
    "mark" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "master_key_marks_pkey" PRIMARY KEY ("version")
);

ALTER TABLE "audit_events" ADD COLUMN "access_key_id" TEXT;
ALTER TABLE "audit_pulls" ADD COLUMN "access_key_id" TEXT;
