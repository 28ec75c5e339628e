-- Lists show stars and sort by them.
ALTER TABLE "search_repositories" ADD COLUMN "star_count" INTEGER NOT NULL DEFAULT 0;
CREATE INDEX "search_repositories_star_count_repository_id_idx" ON "search_repositories"("star_count" DESC, "repository_id");
