CREATE TYPE "DigestPeriod" AS ENUM ('daily', 'weekly');

CREATE TABLE "stars" (
    "repository_id" BIGINT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stars_pkey" PRIMARY KEY ("repository_id", "user_id")
);
CREATE INDEX "stars_user_id_idx" ON "stars"("user_id");

CREATE TABLE "repository_follows" (
    "user_id" UUID NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "repository_follows_pkey" PRIMARY KEY ("user_id", "repository_id")
);
CREATE INDEX "repository_follows_repository_id_idx" ON "repository_follows"("repository_id");

CREATE TABLE "registry_follows" (
    "user_id" UUID NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "registry_follows_pkey" PRIMARY KEY ("user_id", "registry_id")
);
CREATE INDEX "registry_follows_registry_id_idx" ON "registry_follows"("registry_id");

CREATE TABLE "digests" (
    "user_id" UUID NOT NULL,
    "period" "DigestPeriod" NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "digests_pkey" PRIMARY KEY ("user_id")
);
CREATE INDEX "digests_due_at_idx" ON "digests"("due_at");

-- New repositories of a publisher.
CREATE INDEX "repositories_registry_id_created_at_idx" ON "repositories"("registry_id", "created_at" DESC);

ALTER TABLE "stars" ADD CONSTRAINT "stars_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "stars" ADD CONSTRAINT "stars_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "repository_follows" ADD CONSTRAINT "repository_follows_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "repository_follows" ADD CONSTRAINT "repository_follows_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "registry_follows" ADD CONSTRAINT "registry_follows_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "registry_follows" ADD CONSTRAINT "registry_follows_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "digests" ADD CONSTRAINT "digests_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
