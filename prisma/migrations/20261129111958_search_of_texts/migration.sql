ALTER TABLE "search_repositories"
  ADD COLUMN "categories" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "licences" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "base_system" TEXT,
  ADD COLUMN "size_bytes" BIGINT,
  ADD COLUMN "about" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "all_words" tsvector NOT NULL DEFAULT ''::tsvector;

-- Words of names so far; those of descriptions join them when the documents are built again.
ALTER TABLE "search_words" ADD COLUMN "is_name" BOOLEAN NOT NULL DEFAULT true;

-- Short, because the column is still empty.
CREATE INDEX "search_repositories_all_words_idx" ON "search_repositories" USING GIN ("all_words");
