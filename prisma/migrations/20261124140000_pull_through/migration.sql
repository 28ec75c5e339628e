-- AlterTable
ALTER TABLE "blobs" ADD COLUMN     "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "registries" ADD COLUMN     "mirror_prefix" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "mirror_upstream_id" BIGINT;

-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "is_pinned" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "upstream_id" BIGINT,
ADD COLUMN     "upstream_name" TEXT;

-- AlterTable
ALTER TABLE "tags" ADD COLUMN     "checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "gone_since" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "upstreams" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "host" TEXT NOT NULL,
    "is_plain_http" BOOLEAN NOT NULL DEFAULT false,
    "token_host" TEXT,
    "username" TEXT,
    "sealed_password" BYTEA,
    "tag_ttl_seconds" INTEGER NOT NULL DEFAULT 300,
    "tag_rules" JSONB NOT NULL DEFAULT '[]',
    "stale_seconds" INTEGER NOT NULL DEFAULT 2592000,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "answered_at" TIMESTAMPTZ(3),
    "last_problem" TEXT,
    "last_problem_at" TIMESTAMPTZ(3),

    CONSTRAINT "upstreams_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mirror_routes" (
    "host" TEXT NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mirror_routes_pkey" PRIMARY KEY ("host")
);

-- CreateTable
CREATE TABLE "upstream_lists" (
    "repository_id" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "upstream_lists_pkey" PRIMARY KEY ("repository_id","key")
);

-- CreateTable
CREATE TABLE "upstream_days" (
    "upstream_id" BIGINT NOT NULL,
    "day" DATE NOT NULL,
    "hits" BIGINT NOT NULL DEFAULT 0,
    "revalidated" BIGINT NOT NULL DEFAULT 0,
    "misses" BIGINT NOT NULL DEFAULT 0,
    "stale" BIGINT NOT NULL DEFAULT 0,
    "failures" BIGINT NOT NULL DEFAULT 0,
    "fetched_bytes" BIGINT NOT NULL DEFAULT 0,
    "served_bytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "upstream_days_pkey" PRIMARY KEY ("upstream_id","day")
);

-- CreateIndex
CREATE UNIQUE INDEX "upstreams_registry_id_host_key" ON "upstreams"("registry_id", "host");

-- CreateIndex
CREATE INDEX "mirror_routes_registry_id_idx" ON "mirror_routes"("registry_id");

-- CreateIndex
CREATE INDEX "blobs_last_used_at_idx" ON "blobs"("last_used_at");

-- CreateIndex
CREATE INDEX "repositories_upstream_id_idx" ON "repositories"("upstream_id");

-- AddForeignKey
ALTER TABLE "registries" ADD CONSTRAINT "registries_mirror_upstream_id_fkey" FOREIGN KEY ("mirror_upstream_id") REFERENCES "upstreams"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_upstream_id_fkey" FOREIGN KEY ("upstream_id") REFERENCES "upstreams"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "upstreams" ADD CONSTRAINT "upstreams_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mirror_routes" ADD CONSTRAINT "mirror_routes_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "upstream_lists" ADD CONSTRAINT "upstream_lists_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "upstream_days" ADD CONSTRAINT "upstream_days_upstream_id_fkey" FOREIGN KEY ("upstream_id") REFERENCES "upstreams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

