// What is asked of search, and what it answers. Browser-safe.

export const KINDS = ['image', 'chart', 'artifact'] as const;
export type Kind = (typeof KINDS)[number];

export const SORTS = ['relevance', 'pulls', 'updated', 'name'] as const;
export type Sort = (typeof SORTS)[number];

/** How long ago something was pushed at most. */
export const AGES = ['day', 'week', 'month', 'year'] as const;
export type Age = (typeof AGES)[number];
export const AGE_DAYS: Record<Age, number> = { day: 1, week: 7, month: 30, year: 365 };

export type SearchFilters = {
  os?: string;
  architecture?: string;
  kind?: Kind;
  alias?: string;
  isVerified?: boolean;
  isSigned?: boolean;
  pushedWithin?: Age;
};

export type SearchQuery = {
  query: string;
  filters: SearchFilters;
  sort: Sort;
  offset: number;
  limit: number;
};

/** Results beyond this are counted, not shown: who gets here narrows the search. */
export const MAX_REACHABLE = 1_000;
/** Counted up to here; beyond it `total` is one more. */
export const MAX_COUNTED = 10_000;

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
  /** A signature is attached to one of its images. Nothing is said about whose. */
  signed: boolean;
  pullCount: number;
  pushedAt: Date;
};

export type SearchResult = {
  hits: SearchHit[];
  /** At most `MAX_COUNTED + 1`, which means more than can be said. */
  total: number;
  /** What was probably meant, where words of the query are in no name. */
  correction: string | null;
  /** Nothing has all the words: these results have some of them. */
  isPartial: boolean;
  /** The search engine is away, and this answer came from the database. */
  isFallback: boolean;
};

export type FacetValue = { value: string; count: number };
export type FacetName = 'os' | 'architecture' | 'kind' | 'verified' | 'signed' | 'pushed';

/**
 * How many results each choice of a group would give, beside the choices of the other groups: a group's own choice does not
 * shrink its own numbers. Most first, at most `MAX_FACET_VALUES` of a group; `verified` and `signed` have the one value `1`,
 * `pushed` the `AGES`, each with the shorter ones in it.
 */
export type SearchFacets = Record<FacetName, FacetValue[]>;

export const MAX_FACET_VALUES = 20;

export type PublisherHit = {
  alias: string;
  displayName: string;
  logoId: string | null;
  verified: boolean;
  repositoryCount: number;
};

/** What the first letters of a query could become. */
export type Suggestions = { repositories: SearchHit[]; publishers: PublisherHit[] };

/** A public repository with at least one manifest, as search sees it. */
export type SearchDocument = Omit<SearchHit, 'alias'> & {
  repositoryId: bigint;
  registryKey: bigint;
  /** Every active alias, the primary one first. */
  aliases: string[];
};
