-- Most repositories have few tags, some very many. By their average, an index that begins with the repository looks as good as the one
-- by name or digest, and a kept plan then goes through all of a large one at each push. Taken for a thousand, it never looks so.
ALTER TABLE "tags" ALTER COLUMN "repository_id" SET (n_distinct = -0.001);
ALTER TABLE "manifests" ALTER COLUMN "repository_id" SET (n_distinct = -0.001);
ALTER TABLE "tag_events" ALTER COLUMN "repository_id" SET (n_distinct = -0.001);
ANALYZE "tags", "manifests", "tag_events";

-- What kinds of manifests a repository has, and for which platforms: asked when it is shown and after it was pushed to, and answered
-- from this alone. What refers to another manifest doesn't count.
CREATE INDEX "manifests_traits_idx" ON "manifests"("repository_id", "config_media_type", "artifact_type", "os", "architecture")
  WHERE "subject_digest" IS NULL;
