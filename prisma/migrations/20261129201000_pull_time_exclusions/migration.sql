CREATE TABLE "pull_time_exclusions" (
    "registry_id" BIGINT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pull_time_exclusions_pkey" PRIMARY KEY ("registry_id", "user_id"),
    CONSTRAINT "pull_time_exclusions_registry_id_user_id_fkey" FOREIGN KEY ("registry_id", "user_id")
        REFERENCES "members"("registry_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE
);
