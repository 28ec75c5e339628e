-- Finds repositories of a category for the pages of similar ones. Most rows have none, so the index is small.
CREATE INDEX "repositories_categories_idx" ON "repositories" USING GIN ("categories");
