-- CreateEnum
CREATE TYPE "ReplicationState" AS ENUM ('pending', 'complete', 'failed');

-- CreateTable
CREATE TABLE "replication_configurations" (
    "registry_id" BIGINT NOT NULL,
    "rules" JSONB NOT NULL,
    "enabled_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "replication_configurations_pkey" PRIMARY KEY ("registry_id")
);

-- CreateTable
CREATE TABLE "replication_destinations" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "region" TEXT NOT NULL,
    "destination_registry_id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "is_plain_http" BOOLEAN NOT NULL DEFAULT false,
    "namespace" TEXT NOT NULL,
    "username" TEXT,
    "sealed_password" BYTEA,
    "max_bytes_per_second" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "paused_until" TIMESTAMPTZ(3),
    "last_problem" TEXT,

    CONSTRAINT "replication_destinations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "replication_tasks" (
    "id" BIGSERIAL NOT NULL,
    "destination_id" BIGINT NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "reference" TEXT NOT NULL,
    "digest" TEXT,
    "sequence" BIGINT NOT NULL DEFAULT 1,
    "state" "ReplicationState" NOT NULL DEFAULT 'pending',
    "failure_code" TEXT,
    "failure" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease" UUID,
    "leased_until" TIMESTAMPTZ(3),
    "upload_digest" TEXT,
    "upload_url" TEXT,
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "replication_tasks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "manifest_origins" (
    "manifest_id" BIGINT NOT NULL,
    "origin" TEXT NOT NULL,

    CONSTRAINT "manifest_origins_pkey" PRIMARY KEY ("manifest_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "replication_destinations_registry_id_region_destination_reg_key" ON "replication_destinations"("registry_id", "region", "destination_registry_id");

-- CreateIndex
CREATE UNIQUE INDEX "replication_tasks_destination_id_repository_id_reference_key" ON "replication_tasks"("destination_id", "repository_id", "reference");

-- CreateIndex
CREATE INDEX "replication_tasks_repository_id_digest_idx" ON "replication_tasks"("repository_id", "digest");

-- CreateIndex
CREATE INDEX "replication_tasks_state_due_at_idx" ON "replication_tasks"("state", "due_at");

-- AddForeignKey
ALTER TABLE "replication_configurations" ADD CONSTRAINT "replication_configurations_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replication_destinations" ADD CONSTRAINT "replication_destinations_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replication_tasks" ADD CONSTRAINT "replication_tasks_destination_id_fkey" FOREIGN KEY ("destination_id") REFERENCES "replication_destinations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replication_tasks" ADD CONSTRAINT "replication_tasks_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest_origins" ADD CONSTRAINT "manifest_origins_manifest_id_fkey" FOREIGN KEY ("manifest_id") REFERENCES "manifests"("id") ON DELETE CASCADE ON UPDATE CASCADE;
