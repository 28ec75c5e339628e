-- Samples of the gallery, for counts of very many matches. Multiplying by 2^32 / φ scatters neighbouring ids over the samples.
CREATE INDEX "search_repositories_sample_idx" ON "search_repositories" ((((repository_id * 2654435761) >> 26) & 63));

-- The planner needs to know how many values the expression has.
ANALYZE "search_repositories";
