-- Which site this is: its blob store carries the same id, so that neither is ever cleaned up by the other's rows.
CREATE TABLE "site" (
    "is_only" BOOLEAN NOT NULL DEFAULT true,
    "id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "site_pkey" PRIMARY KEY ("is_only"),
    CONSTRAINT "site_is_only" CHECK ("is_only")
);

-- Background runs that stopped because they would have taken more than a run may without somebody's word.
CREATE TABLE "paused_runs" (
    "run" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "paused_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "paused_runs_pkey" PRIMARY KEY ("run")
);

-- Garbage that somebody's recorded delete, or a push that was never finished, explains. The rest may come from a wrong or damaged
-- database, and a collection takes only a little of it. What is queued already can't be told apart.
ALTER TABLE "link_reviews" ADD COLUMN "is_recorded" BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE "blob_reviews" ADD COLUMN "is_recorded" BOOLEAN NOT NULL DEFAULT true;

-- Whoever deletes by the rules says so for the transaction (lib/catalog/record-garbage.ts).
CREATE FUNCTION "is_recorded_delete"() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('vitrine.recorded_delete', true), '') = 'on'
$$;

CREATE OR REPLACE FUNCTION "queue_new_links"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "link_reviews" ("repository_id", "digest", "is_recorded")
  SELECT "repository_id", "digest", true FROM "added" ORDER BY 1, 2
  ON CONFLICT ("repository_id", "digest") DO UPDATE SET "queued_at" = CURRENT_TIMESTAMP, "is_recorded" = true;
  RETURN NULL;
END $$;

-- An edge that is moved belongs to a manifest that was deleted and can be restored: that is recorded.
CREATE OR REPLACE FUNCTION "queue_links_of_gone_edges"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "recorded" boolean := TG_OP = 'UPDATE' OR "is_recorded_delete"();
BEGIN
  INSERT INTO "link_reviews" ("repository_id", "digest", "is_recorded")
  SELECT DISTINCT g."repository_id", g."digest", "recorded"
    FROM "gone" g JOIN "repository_blobs" l ON l."repository_id" = g."repository_id" AND l."digest" = g."digest" ORDER BY 1, 2
  ON CONFLICT ("repository_id", "digest") DO UPDATE
    SET "queued_at" = CURRENT_TIMESTAMP, "is_recorded" = excluded."is_recorded";
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION "queue_blobs_of_gone_links"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "recorded" boolean := "is_recorded_delete"();
BEGIN
  INSERT INTO "blob_reviews" ("blob_id", "is_recorded")
  SELECT DISTINCT "blob_id", "recorded" FROM "gone" ORDER BY 1
  ON CONFLICT ("blob_id") DO UPDATE SET "queued_at" = CURRENT_TIMESTAMP, "is_recorded" = excluded."is_recorded";
  RETURN NULL;
END $$;
