-- What the featured image says, for filters of search.
ALTER TABLE "repositories"
  ADD COLUMN "licences" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "base_system" TEXT,
  ADD COLUMN "image_bytes" BIGINT;

ALTER TABLE "search_repositories" ADD COLUMN "platforms" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- Finds a tag across repositories.
CREATE INDEX "tags_name_repository_id_idx" ON "tags" ("name", "repository_id");
