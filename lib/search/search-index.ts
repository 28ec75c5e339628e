import type { SearchDocument, SearchQuery, SearchResult } from './schema.ts';

/** Finds public repositories. Whatever implements it passes search-index.contract.ts and can be rebuilt from the catalog. */
export interface SearchIndex {
  search(query: SearchQuery): Promise<SearchResult>;
  /** Adds or replaces. */
  upsert(documents: SearchDocument[]): Promise<void>;
  remove(repositoryIds: bigint[]): Promise<void>;
}
