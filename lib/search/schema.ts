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

export type FacetValue = { value: string; count: number };

/**
 * How many results each choice of a group would give, beside the choices of the other groups: a group's own choice does not
 * shrink its own numbers. Most first, at most `MAX_FACET_VALUES` of a group; `verified` has the one value `1`.
 */
export type SearchFacets = Record<'os' | 'architecture' | 'kind' | 'verified', FacetValue[]>;

export const MAX_FACET_VALUES = 20;

/** A public repository with at least one manifest, as search sees it. */
export type SearchDocument = Omit<SearchHit, 'alias'> & {
  repositoryId: bigint;
  /** Every active alias, the primary one first. */
  aliases: string[];
};
