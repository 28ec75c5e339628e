import type { SearchFacets, SearchQuery, SearchResult, Suggestions } from './schema.ts';

/** Searches public repositories among the search documents (document-store.ts). `contract/` tests it. */
export interface SearchIndex {
  search(query: SearchQuery): Promise<SearchResult>;
  /** Counts what each further choice would find. */
  countFacets(query: Pick<SearchQuery, 'query' | 'filters'>): Promise<SearchFacets>;
  /** Completes a partial query, whose last word may be a prefix. At most `limit` of each group. */
  suggest(query: { query: string; limit: number }): Promise<Suggestions>;
}
