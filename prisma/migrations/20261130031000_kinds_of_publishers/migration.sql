-- The kinds of a publisher's repositories are counted without reading their documents.
CREATE INDEX "search_repositories_registry_id_kind_idx" ON "search_repositories"("registry_id", "kind");
