import type { SearchDocument, SearchFacets, SearchQuery, SearchResult } from './schema.ts';

/** Finds public repositories. Whatever implements it passes search-index.contract.ts and can be rebuilt from the catalog. */
export interface SearchIndex {
  search(query: SearchQuery): Promise<SearchResult>;
  /** What could be chosen next, and what it would give. */
  countFacets(query: Pick<SearchQuery, 'query' | 'filters'>): Promise<SearchFacets>;
  /** Adds or replaces. */
  upsert(documents: SearchDocument[]): Promise<void>;
  remove(repositoryIds: bigint[]): Promise<void>;
}
