-- The most trusted of many matches, without sorting all of them.
CREATE INDEX "search_repositories_trust_idx" ON "search_repositories"("verified" DESC, "deprecated", "popularity" DESC, "repository_id");

-- Words of the last component of a name. Prisma doesn't know indexes of expressions.
CREATE INDEX "search_repositories_leaf_words_idx" ON "search_repositories" USING GIN (ts_filter("words", '{a}'));
