import type { SearchFacets, SearchQuery, SearchResult, Suggestions } from './schema.ts';

/** Finds public repositories among the search documents (document-store.ts). Whatever implements it passes search-index.contract.ts. */
export interface SearchIndex {
  search(query: SearchQuery): Promise<SearchResult>;
  /** What could be chosen next, and what it would give. */
  countFacets(query: Pick<SearchQuery, 'query' | 'filters'>): Promise<SearchFacets>;
  /** What is being typed: the last word may be a beginning. At most `limit` of each group. */
  suggest(query: { query: string; limit: number }): Promise<Suggestions>;
}
