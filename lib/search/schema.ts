// Input and output of search. Browser-safe.

export const KINDS = ['image', 'chart', 'artifact'] as const;
export type Kind = (typeof KINDS)[number];

export const SORTS = ['relevance', 'pulls', 'stars', 'updated', 'name'] as const;
export type Sort = (typeof SORTS)[number];

/** Maximum time since the last push. */
export const AGES = ['day', 'week', 'month', 'year'] as const;
export type Age = (typeof AGES)[number];
export const AGE_DAYS: Record<Age, number> = { day: 1, week: 7, month: 30, year: 365 };

/** Maximum compressed size for one platform, in bytes. */
export const SIZE_LIMITS = ['10mb', '50mb', '250mb', '1gb'] as const;
export type Size = (typeof SIZE_LIMITS)[number];
export const SIZE_BYTES: Record<Size, number> = { '10mb': 1e7, '50mb': 5e7, '250mb': 2.5e8, '1gb': 1e9 };

export type SearchFilters = {
  os?: string;
  architecture?: string;
  /** `linux/amd64`. */
  platform?: string;
  /** The slug of a category. */
  category?: string;
  licence?: string;
  base?: string;
  maxSize?: Size;
  /** A tag that the repository has. */
  tag?: string;
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

/** Later results are counted but not shown, so users must narrow the search. */
export const MAX_REACHABLE = 1_000;
/** With fewer results that have every term, some terms may be missing. */
export const ENOUGH = 5;
/** Counts stop here. A `total` of one more means "more than". */
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
  /** `linux/amd64`. */
  platforms: string[];
  kind: Kind;
  verified: boolean;
  /** A signature is attached to one of its images. It isn't verified. */
  signed: boolean;
  /** Its publisher advises against it. */
  deprecated: boolean;
  pullCount: number;
  starCount: number;
  pushedAt: Date;
};

export type SearchResult = {
  hits: SearchHit[];
  /** At most `MAX_COUNTED + 1`, which means more than `MAX_COUNTED`. */
  total: number;
  /** A suggested query when no name has some of the words. */
  correction: string | null;
  /** Whether these results have only some of the words, because nothing has all. */
  isPartial: boolean;
  /** Whether the database answered because the search engine is unavailable. */
  isFallback: boolean;
};

export type FacetValue = { value: string; count: number };
export const FACETS = [
  'category',
  'kind',
  'verified',
  'platform',
  'base',
  'licence',
  'size',
  'signed',
  'pushed',
] as const;
export type FacetName = (typeof FACETS)[number];

/**
 * How many results each choice of a facet would give. A facet's own filter is ignored in its counts, the other facets'
 * apply. Sorted by count, at most `MAX_FACET_VALUES` each. `verified` and `signed` have the single value `1`. `pushed`
 * has the `AGES` and `size` the `SIZE_LIMITS`, each including the smaller ones.
 */
export type SearchFacets = Record<FacetName, FacetValue[]> & {
  /**
   * Facets with estimated counts, because more than about `MAX_COUNTED` results have a choice of them. Rare values may
   * be missing.
   */
  estimated?: FacetName[];
};

/** The filter of each facet. */
export const FACET_FILTERS = {
  category: 'category',
  kind: 'kind',
  verified: 'isVerified',
  platform: 'platform',
  base: 'base',
  licence: 'licence',
  size: 'maxSize',
  signed: 'isSigned',
  pushed: 'pushedWithin',
} as const satisfies Record<FacetName, keyof SearchFilters>;

export const MAX_FACET_VALUES = 20;

export type PublisherHit = {
  alias: string;
  displayName: string;
  logoId: string | null;
  verified: boolean;
  repositoryCount: number;
};

/** Completions of a partial query. */
export type Suggestions = { repositories: SearchHit[]; publishers: PublisherHit[] };

/** A public repository with at least one manifest, as search indexes it. */
export type SearchDocument = Omit<SearchHit, 'alias'> & {
  repositoryId: bigint;
  registryKey: bigint;
  /** Every active alias, primary first. */
  aliases: string[];
  /** Slugs. */
  categories: string[];
  /** SPDX ids. */
  licences: string[];
  /** The distribution that the image is based on, such as `alpine`. */
  baseSystem: string | null;
  /** Compressed size for one platform. */
  sizeBytes: number | null;
  /** The beginning of the about text, without markup. */
  about: string;
};
