// What is asked of search, and what it answers. Browser-safe.

export const KINDS = ['image', 'chart', 'artifact'] as const;
export type Kind = (typeof KINDS)[number];

export const SORTS = ['relevance', 'pulls', 'updated', 'name'] as const;
export type Sort = (typeof SORTS)[number];

export type SearchFilters = { os?: string; architecture?: string; kind?: Kind; alias?: string; isVerified?: boolean };

export type SearchQuery = {
  query: string;
  filters: SearchFilters;
  sort: Sort;
  offset: number;
  limit: number;
};

export type SearchHit = {
  /** The primary alias. */
  alias: string;
  name: string;
  displayName: string;
  logoId: string | null;
  description: string;
  operatingSystems: string[];
  architectures: string[];
  kind: Kind;
  verified: boolean;
  pullCount: number;
  pushedAt: Date;
};

export type SearchResult = { hits: SearchHit[]; total: number };

/** A public repository with at least one manifest, as search sees it. */
export type SearchDocument = Omit<SearchHit, 'alias'> & {
  repositoryId: bigint;
  /** Every active alias, the primary one first. */
  aliases: string[];
};
