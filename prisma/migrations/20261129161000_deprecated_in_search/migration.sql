-- Deprecated repositories rank below others that are as trusted, and are marked.
ALTER TABLE "search_repositories" ADD COLUMN "deprecated" BOOLEAN NOT NULL DEFAULT false;
