-- CreateEnum
CREATE TYPE "LifecycleOutcome" AS ENUM ('planned', 'done', 'listed', 'protected', 'limited', 'changed');

-- CreateEnum
CREATE TYPE "LifecycleAction" AS ENUM ('expire', 'transition');

-- AlterTable
ALTER TABLE "manifests" ADD COLUMN     "activated_at" TIMESTAMPTZ(3),
ADD COLUMN     "archived_at" TIMESTAMPTZ(3),
ADD COLUMN     "is_archived" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "protected_tags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "lifecycle_policies" (
    "repository_id" BIGINT NOT NULL,
    "text" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "evaluated_at" TIMESTAMPTZ(3),

    CONSTRAINT "lifecycle_policies_pkey" PRIMARY KEY ("repository_id")
);

-- CreateTable
CREATE TABLE "lifecycle_runs" (
    "id" UUID NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "is_preview" BOOLEAN NOT NULL,
    "text" TEXT NOT NULL,
    "protected_tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "image_count" INTEGER NOT NULL DEFAULT 0,
    "image_limit" INTEGER NOT NULL DEFAULT 0,
    "freed_bytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "lifecycle_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lifecycle_run_images" (
    "run_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "tags" TEXT[],
    "pushed_at" TIMESTAMPTZ(3) NOT NULL,
    "last_pulled_at" TIMESTAMPTZ(3),
    "is_archived" BOOLEAN NOT NULL,
    "rule_priority" INTEGER NOT NULL,
    "action" "LifecycleAction" NOT NULL,
    "outcome" "LifecycleOutcome" NOT NULL,
    "goes_with" TEXT,

    CONSTRAINT "lifecycle_run_images_pkey" PRIMARY KEY ("run_id","position")
);

-- CreateIndex
CREATE INDEX "lifecycle_policies_evaluated_at_idx" ON "lifecycle_policies"("evaluated_at");

-- CreateIndex
CREATE INDEX "lifecycle_runs_repository_id_started_at_idx" ON "lifecycle_runs"("repository_id", "started_at" DESC);

-- CreateIndex
CREATE INDEX "lifecycle_runs_started_at_idx" ON "lifecycle_runs"("started_at");

-- AddForeignKey
ALTER TABLE "lifecycle_policies" ADD CONSTRAINT "lifecycle_policies_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lifecycle_runs" ADD CONSTRAINT "lifecycle_runs_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lifecycle_run_images" ADD CONSTRAINT "lifecycle_run_images_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "lifecycle_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A remembered manifest must not be pulled once it is archived.
CREATE OR REPLACE TRIGGER "manifests_pull_change" AFTER UPDATE ON "manifests" FOR EACH ROW
  WHEN ((OLD.repository_id, OLD.digest, OLD.media_type, OLD.is_archived)
        IS DISTINCT FROM
        (NEW.repository_id, NEW.digest, NEW.media_type, NEW.is_archived))
  EXECUTE FUNCTION pull_change_of_row();
