-- What the nightly comparison found at a destination, and where the next one goes on.
ALTER TABLE "replication_destinations"
  ADD COLUMN "compared_at" TIMESTAMPTZ(3),
  ADD COLUMN "compared_count" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "drifted_count" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "compared_task_id" BIGINT NOT NULL DEFAULT 0;
CREATE INDEX "replication_tasks_destination_id_id_idx" ON "replication_tasks" ("destination_id", "id");
