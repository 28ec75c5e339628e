// Searches with Meilisearch. Exact name matches and publishers come from the database and rank first, Meilisearch adds
// similar ones. Hits are read from the database, so a hidden repository disappears at once, whatever Meilisearch still
// has.
import type { MultiSearchQuery, SearchParams } from 'meilisearch';
import type { Db } from '#lib/platform/pg/db.ts';
import { sortFacet } from '#lib/search/postgres/count-facet-groups.ts';
import { expandQuery, type ExpandedQuery } from '#lib/search/query/expand-query.ts';
import { readHits } from '#lib/search/postgres/postgres-index.sql.ts';
import { meilisearchFilters, withoutNames } from './meilisearch-filters.ts';
import type { MeilisearchServer } from './meilisearch-server.ts';
import { isUnspaced } from '#lib/search/query/fold-text.ts';
import { countExpandedFacets } from '#lib/search/postgres/count-expanded-facets.ts';
import { countNamed, createPostgresIndex, findNamed, searchExpanded } from '#lib/search/postgres/postgres-index.ts';
import { parseQuery } from '#lib/search/query/parse-query.ts';
import {
  AGES,
  ENOUGH,
  MAX_COUNTED,
  MAX_REACHABLE,
  SIZE_LIMITS,
  type FacetValue,
  type SearchFacets,
  type SearchFilters,
  type SearchHit,
  type SearchQuery,
  type SearchResult,
  type Sort,
} from '#lib/search/schema.ts';
import { withTagFilter } from '#lib/search/query/tag-filter.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import { suggestPublishers } from '#lib/search/postgres/suggest-publishers.sql.ts';

const SORTS: Record<Exclude<Sort, 'relevance'>, string[]> = {
  pulls: ['pulls:desc', 'id:asc'],
  stars: ['stars:desc', 'id:asc'],
  updated: ['pushedAt:desc', 'id:asc'],
  name: ['name:asc', 'id:asc'],
};

type MeilisearchApp = { db: Db; server: MeilisearchServer };

export function createMeilisearchIndex(app: MeilisearchApp): SearchIndex {
  return chooseByScript(createSpacedIndex(app), createPostgresIndex(app.db));
}

/**
 * Meilisearch guesses the language of both text and query to segment unspaced scripts, and the guesses can differ. The
 * database compares pairs of letters instead.
 */
function chooseByScript(spaced: SearchIndex, unspaced: SearchIndex): SearchIndex {
  const choose = (query: string) => (parseQuery(query).words.some(isUnspaced) ? unspaced : spaced);
  // Tags are only in the database.
  const chooseFor = (asked: { query: string; filters: SearchFilters }) =>
    withTagFilter(asked).filters.tag === undefined ? choose(asked.query) : unspaced;
  return {
    search: (query) => chooseFor(query).search(query),
    countFacets: (query) => chooseFor(query).countFacets(query),
    suggest: (query) => choose(query.query).suggest(query),
  };
}

function createSpacedIndex(app: MeilisearchApp): SearchIndex {
  return {
    search: (query) => search(app, query),
    countFacets: (query) => countFacets(app, query),
    suggest: async ({ query, limit }) => {
      const expanded = await expandQuery(app.db, query);
      if (expanded.words.length === 0) return { repositories: [], publishers: [] };
      const [named, like, publishers] = await Promise.all([
        findNamed(app.db, expanded, {}, { offset: 0, limit }),
        findLike(app, expanded, { filter: withoutNames(expanded), offset: 0, limit }),
        suggestPublishers(app.db, expanded, limit),
      ]);
      return { repositories: [...named, ...like.hits].slice(0, limit), publishers };
    },
  };
}

async function search(app: MeilisearchApp, asked: SearchQuery): Promise<SearchResult> {
  const { query, filters, sort, offset, limit } = asked;
  const expanded = await expandQuery(app.db, query);
  const reach = Math.max(0, Math.min(limit, MAX_REACHABLE - offset));
  const facts = { correction: expanded.correction, isPartial: false, isFallback: false };
  if (expanded.words.length === 0 || sort !== 'relevance') {
    const order = SORTS[sort === 'relevance' ? 'pulls' : sort];
    const page = { filter: meilisearchFilters(filters), sort: order, offset, limit: reach };
    const found = await findLike(app, expanded, page);
    const isTooFew = await hasFew(app, expanded, { found: found.total, filters });
    return isTooFew ? searchExpanded(app.db, expanded, asked) : { ...found, ...facts };
  }
  const { named, namedCount, like } = await findInParts(app, expanded, { filters, offset, limit: reach });
  if (namedCount === 0 && (await hasFew(app, expanded, { found: like.total, filters }))) {
    return searchExpanded(app.db, expanded, asked);
  }
  const total = Math.min(MAX_COUNTED + 1, namedCount + like.total);
  return { hits: [...named, ...like.hits].slice(0, reach), total, ...facts };
}

type Part = Pick<SearchQuery, 'filters' | 'offset' | 'limit'>;

/** One list in two parts: exact names, then similar ones. */
async function findInParts(app: MeilisearchApp, query: ExpandedQuery, { filters, offset, limit }: Part) {
  const filter = [...meilisearchFilters(filters), ...withoutNames(query)];
  const named = findNamed(app.db, query, filters, { offset, limit });
  const counted = countNamed(app.db, query, filters);
  // Only later pages depend on how many names there are.
  const from = offset === 0 ? 0 : Math.max(0, offset - (await counted));
  const like = findLike(app, query, { filter, offset: from, limit });
  const [names, namedCount, others] = await Promise.all([named, counted, like]);
  return { named: names, namedCount, like: others };
}

/**
 * Whether few documents have all terms, whatever the filters. Then some may be missing, and the database weighs how rare
 * each is. Meilisearch drops words from one end or by frequency alone.
 */
async function hasFew(
  app: MeilisearchApp,
  query: ExpandedQuery,
  { found, filters }: { found: number; filters: SearchFilters },
): Promise<boolean> {
  if (found >= ENOUGH || query.words.length < 2) return false;
  const isFiltered = meilisearchFilters(filters).length > 0;
  const [total, named] = await Promise.all([
    isFiltered ? findLike(app, query, { offset: 0, limit: 0 }).then((like) => like.total) : found,
    countNamed(app.db, query, {}),
  ]);
  return total < ENOUGH && named === 0;
}

type Asked = Pick<SearchParams, 'filter' | 'sort'> & { offset: number; limit: number };
type Found = { hits: SearchHit[]; total: number };

async function findLike({ db, server }: MeilisearchApp, query: ExpandedQuery, asked: Asked): Promise<Found> {
  const params = { ...asked, matchingStrategy: 'all' as const, attributesToRetrieve: ['id'] };
  const { hits, estimatedTotalHits } = await server.reader
    .index<{ id: number }>(server.uids.live)
    .search(wordsOf(query), params);
  return {
    hits: await readHits(
      db,
      hits.map(({ id }) => BigInt(id)),
    ),
    total: Math.min(MAX_COUNTED + 1, estimatedTotalHits),
  };
}

function wordsOf({ terms }: ExpandedQuery): string {
  const required = terms.filter(({ isOptional }) => !isOptional);
  return required.flatMap(({ words, concept }) => concept ?? words.map(({ word }) => word)).join(' ');
}

/** Facets by their filter. */
const COUNTED = {
  category: 'category',
  platform: 'platform',
  licence: 'licence',
  base: 'base',
  kind: 'kind',
  isVerified: 'verified',
  isSigned: 'signed',
} as const;
type CountedFilter = keyof typeof COUNTED;

/**
 * Meilisearch counts within all filters, so each facet with a choice needs a query without it. The others share one.
 * Sends all of them in one request.
 */
async function countFacets(
  app: MeilisearchApp,
  { query, filters }: Pick<SearchQuery, 'query' | 'filters'>,
): Promise<SearchFacets> {
  const { db, server } = app;
  const expanded = await expandQuery(db, query);
  const ask = (chosen: SearchFilters, facets?: string[]): MultiSearchQuery => ({
    indexUid: server.uids.live,
    q: wordsOf(expanded),
    matchingStrategy: 'all',
    limit: 0,
    filter: meilisearchFilters(chosen),
    ...(facets && { facets }),
  });
  const names = Object.keys(COUNTED) as CountedFilter[];
  const chosen = names.filter((name) => filters[name] !== undefined);
  const shared = names.filter((name) => filters[name] === undefined);
  const queries = [
    ask(
      filters,
      shared.map((name) => COUNTED[name]),
    ),
    ...chosen.map((name) => ask({ ...filters, [name]: undefined }, [COUNTED[name]])),
    ...AGES.map((pushedWithin) => ask({ ...filters, pushedWithin })),
    ...SIZE_LIMITS.map((maxSize) => ask({ ...filters, maxSize })),
  ];
  const { results } = await server.reader.multiSearch({ queries });
  const most = Math.max(...results.map(({ estimatedTotalHits }) => estimatedTotalHits ?? 0));
  if (await hasFew(app, expanded, { found: most, filters })) return countExpandedFacets(db, expanded, filters);
  const values = (name: CountedFilter): FacetValue[] => {
    const counts = results[1 + chosen.indexOf(name)]?.facetDistribution?.[COUNTED[name]] ?? {};
    return sortFacet(Object.entries(counts).map(([value, count]) => ({ value, count })));
  };
  const isTrue = (name: CountedFilter) =>
    values(name).flatMap(({ value, count }) => (value === 'true' ? [{ value: '1', count }] : []));
  const ranges = (from: number, limits: readonly string[]) =>
    sortFacet(
      limits
        .map((value, at) => ({ value, count: results[from + at]?.estimatedTotalHits ?? 0 }))
        .filter(({ count }) => count > 0),
    );
  const firstRange = 1 + chosen.length;
  return {
    category: values('category'),
    platform: values('platform'),
    licence: values('licence'),
    base: values('base'),
    kind: values('kind'),
    verified: isTrue('isVerified'),
    signed: isTrue('isSigned'),
    pushed: ranges(firstRange, AGES),
    size: ranges(firstRange + AGES.length, SIZE_LIMITS),
  };
}
