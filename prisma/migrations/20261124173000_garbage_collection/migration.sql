-- CreateEnum
CREATE TYPE "DeletionKind" AS ENUM ('tag', 'manifest', 'repository');

-- DropIndex
DROP INDEX "manifest_blobs_digest_idx";

-- AlterTable
ALTER TABLE "blobs" ADD COLUMN     "checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "damage" TEXT;

-- AlterTable
ALTER TABLE "manifest_blobs" ADD COLUMN     "repository_id" BIGINT;
UPDATE "manifest_blobs" SET "repository_id" = m."repository_id" FROM "manifests" m WHERE m."id" = "manifest_id";
ALTER TABLE "manifest_blobs" ALTER COLUMN "repository_id" SET NOT NULL;

-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "untagged_days" INTEGER;

-- AlterTable
ALTER TABLE "repository_blobs" DROP COLUMN "lease_until",
ADD COLUMN     "leased_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "link_reviews" (
    "repository_id" BIGINT NOT NULL,
    "digest" TEXT NOT NULL,
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "link_reviews_pkey" PRIMARY KEY ("repository_id","digest")
);

-- CreateTable
CREATE TABLE "blob_reviews" (
    "blob_id" BIGINT NOT NULL,
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blob_reviews_pkey" PRIMARY KEY ("blob_id")
);

-- CreateTable
CREATE TABLE "deletions" (
    "id" UUID NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "kind" "DeletionKind" NOT NULL,
    "name" TEXT NOT NULL,
    "repository_id" BIGINT,
    "tag" TEXT,
    "digest" TEXT,
    "holding_id" BIGINT,
    "visibility" "Visibility",
    "reason" TEXT,
    "is_by_admin" BOOLEAN NOT NULL DEFAULT false,
    "deleted_by_id" UUID,
    "deleted_by" TEXT NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deletions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "link_reviews_queued_at_repository_id_digest_idx" ON "link_reviews"("queued_at", "repository_id", "digest");

-- CreateIndex
CREATE INDEX "blob_reviews_queued_at_blob_id_idx" ON "blob_reviews"("queued_at", "blob_id");

-- CreateIndex
CREATE UNIQUE INDEX "deletions_holding_id_key" ON "deletions"("holding_id");

-- CreateIndex
CREATE INDEX "deletions_registry_id_deleted_at_idx" ON "deletions"("registry_id", "deleted_at" DESC);

-- CreateIndex
CREATE INDEX "deletions_repository_id_idx" ON "deletions"("repository_id");

-- CreateIndex
CREATE INDEX "deletions_deleted_at_idx" ON "deletions"("deleted_at");

-- CreateIndex
CREATE INDEX "blobs_checked_at_idx" ON "blobs"("checked_at");

-- CreateIndex
CREATE INDEX "manifest_blobs_repository_id_digest_idx" ON "manifest_blobs"("repository_id", "digest");

-- AddForeignKey
ALTER TABLE "deletions" ADD CONSTRAINT "deletions_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deletions" ADD CONSTRAINT "deletions_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deletions" ADD CONSTRAINT "deletions_holding_id_fkey" FOREIGN KEY ("holding_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Whose everything is that was deleted and can still be restored: nobody's. It has no alias and no members, so no look-up by
-- name or by person ever reaches what it holds (docs/decisions/0011-garbage-collection.md).
INSERT INTO "registries" ("id", "registry_id", "display_name") VALUES (-1, 'deleted', '');

-- Review queues. By triggers, so that no way of deleting something can forget them, cascades included; in the order of the
-- keys, so that two of them can't wait for each other; and a second reason to look starts the grace period anew.
CREATE FUNCTION "queue_new_links"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "link_reviews" ("repository_id", "digest")
  SELECT "repository_id", "digest" FROM "added" ORDER BY 1, 2
  ON CONFLICT ("repository_id", "digest") DO UPDATE SET "queued_at" = CURRENT_TIMESTAMP;
  RETURN NULL;
END $$;

CREATE FUNCTION "queue_links_of_gone_edges"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "link_reviews" ("repository_id", "digest")
  SELECT DISTINCT g."repository_id", g."digest"
    FROM "gone" g JOIN "repository_blobs" l ON l."repository_id" = g."repository_id" AND l."digest" = g."digest" ORDER BY 1, 2
  ON CONFLICT ("repository_id", "digest") DO UPDATE SET "queued_at" = CURRENT_TIMESTAMP;
  RETURN NULL;
END $$;

CREATE FUNCTION "queue_blobs_of_gone_links"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "blob_reviews" ("blob_id") SELECT DISTINCT "blob_id" FROM "gone" ORDER BY 1
  ON CONFLICT ("blob_id") DO UPDATE SET "queued_at" = CURRENT_TIMESTAMP;
  RETURN NULL;
END $$;

CREATE TRIGGER "queue_new_links" AFTER INSERT ON "repository_blobs"
  REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "queue_new_links"();
CREATE TRIGGER "queue_blobs_of_gone_links" AFTER DELETE ON "repository_blobs"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "queue_blobs_of_gone_links"();
CREATE TRIGGER "queue_links_of_gone_edges" AFTER DELETE ON "manifest_blobs"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "queue_links_of_gone_edges"();
-- A manifest that is deleted, and can still be restored, is moved to another repository.
CREATE TRIGGER "queue_links_of_moved_edges" AFTER UPDATE ON "manifest_blobs"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "queue_links_of_gone_edges"();

-- What earlier versions left.
INSERT INTO "link_reviews" ("repository_id", "digest") SELECT "repository_id", "digest" FROM "repository_blobs";
INSERT INTO "blob_reviews" ("blob_id")
SELECT b."id" FROM "blobs" b WHERE NOT EXISTS (SELECT FROM "repository_blobs" l WHERE l."blob_id" = b."id");
