-- What a registry had before it replicated, copied on request.
CREATE TYPE "ReplicationBackfillState" AS ENUM ('preparing', 'in_progress', 'complete', 'failed', 'stopped');

CREATE TABLE "replication_backfills" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "registry_id" BIGINT NOT NULL REFERENCES "registries" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "destination_id" BIGINT REFERENCES "replication_destinations" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
  "region" TEXT NOT NULL,
  "destination_registry_id" TEXT NOT NULL,
  "state" "ReplicationBackfillState" NOT NULL DEFAULT 'preparing',
  "failure_code" TEXT,
  "last_repository_id" BIGINT NOT NULL DEFAULT 0,
  "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "ended_at" TIMESTAMPTZ(3)
);
CREATE INDEX "replication_backfills_registry_id_started_at_id_idx" ON "replication_backfills" ("registry_id", "started_at" DESC, "id" DESC);
CREATE INDEX "replication_backfills_state_idx" ON "replication_backfills" ("state", "started_at") WHERE "state" IN ('preparing', 'in_progress');
CREATE UNIQUE INDEX "replication_backfills_one_at_a_time" ON "replication_backfills" ("destination_id") WHERE "state" IN ('preparing', 'in_progress');

CREATE TABLE "replication_backfill_images" (
  "backfill_id" UUID NOT NULL REFERENCES "replication_backfills" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "position" BIGSERIAL,
  "repository_id" BIGINT NOT NULL,
  "repository_name" TEXT NOT NULL,
  "reference" TEXT NOT NULL,
  "digest" TEXT NOT NULL,
  "state" "ReplicationState",
  "failure_code" TEXT,
  PRIMARY KEY ("backfill_id", "position")
);

-- New pushes go first.
ALTER TABLE "replication_tasks" ADD COLUMN "is_backfill" BOOLEAN NOT NULL DEFAULT false;
