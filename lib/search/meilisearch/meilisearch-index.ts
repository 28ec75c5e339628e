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
import { countNamed, createPostgresIndex, findNamed } from '#lib/search/postgres/postgres-index.ts';
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
  updated: ['pushedAt:desc', 'id:asc'],
  name: ['name:asc', 'id:asc'],
};

type MeilisearchApp = { db: Db; server: MeilisearchServer };

export function createMeilisearchIndex(app: MeilisearchApp): SearchIndex {
  const postgres = createPostgresIndex(app.db);
  return chooseByScript(createSpacedIndex(app, postgres), postgres);
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

function createSpacedIndex(app: MeilisearchApp, postgres: SearchIndex): SearchIndex {
  return {
    search: (query) => search(app, postgres, query),
    countFacets: (query) => countFacets(app, postgres, query),
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

async function search(app: MeilisearchApp, postgres: SearchIndex, asked: SearchQuery): Promise<SearchResult> {
  const { query, filters, sort, offset, limit } = asked;
  const expanded = await expandQuery(app.db, query);
  const reach = Math.max(0, Math.min(limit, MAX_REACHABLE - offset));
  const facts = { correction: expanded.correction, isPartial: false, isFallback: false };
  if (expanded.words.length === 0 || sort !== 'relevance') {
    const order = SORTS[sort === 'relevance' ? 'pulls' : sort];
    const page = { filter: meilisearchFilters(filters), sort: order, offset, limit: reach };
    const found = await findLike(app, expanded, page);
    return (await hasFew(app, expanded, found.total)) ? postgres.search(asked) : { ...found, ...facts };
  }
  // One list in two parts: exact names, then similar ones.
  const namedCount = await countNamed(app.db, expanded, filters);
  const [named, like] = await Promise.all([
    findNamed(app.db, expanded, filters, { offset, limit: reach }),
    findLike(app, expanded, {
      filter: [...meilisearchFilters(filters), ...withoutNames(expanded)],
      offset: Math.max(0, offset - namedCount),
      limit: Math.max(0, Math.min(reach, offset + reach - namedCount)),
    }),
  ]);
  if (namedCount === 0 && (await hasFew(app, expanded, like.total))) return postgres.search(asked);
  const total = Math.min(MAX_COUNTED + 1, namedCount + like.total);
  return { hits: [...named, ...like.hits], total, ...facts };
}

/**
 * Whether few documents have all terms, whatever the filters. Then some may be missing, and the database weighs how rare
 * each is. Meilisearch drops words from one end or by frequency alone.
 */
async function hasFew(app: MeilisearchApp, query: ExpandedQuery, found: number): Promise<boolean> {
  if (found >= ENOUGH || query.words.length < 2) return false;
  const { total } = await findLike(app, query, { offset: 0, limit: 0 });
  return total < ENOUGH && (await countNamed(app.db, query, {})) === 0;
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

/**
 * Meilisearch counts within all filters, so each group with a choice needs a query without it. Sends all of them in one
 * request.
 */
async function countFacets(
  app: MeilisearchApp,
  postgres: SearchIndex,
  { query, filters }: Pick<SearchQuery, 'query' | 'filters'>,
): Promise<SearchFacets> {
  const { db, server } = app;
  const expanded = await expandQuery(db, query);
  const matchingStrategy = 'all';
  const ask = (without: keyof SearchFilters, rest: Partial<MultiSearchQuery>): MultiSearchQuery => ({
    indexUid: server.uids.live,
    q: wordsOf(expanded),
    matchingStrategy,
    limit: 0,
    filter: meilisearchFilters({ ...filters, [without]: undefined }),
    ...rest,
  });
  const queries = [
    ask('category', { facets: ['category'] }),
    ask('platform', { facets: ['platform'] }),
    ask('licence', { facets: ['licence'] }),
    ask('base', { facets: ['base'] }),
    ask('kind', { facets: ['kind'] }),
    ask('isVerified', { facets: ['verified'] }),
    ask('isSigned', { facets: ['signed'] }),
    ...AGES.map((pushedWithin) => ask('pushedWithin', { filter: meilisearchFilters({ ...filters, pushedWithin }) })),
    ...SIZE_LIMITS.map((maxSize) => ask('maxSize', { filter: meilisearchFilters({ ...filters, maxSize }) })),
  ];
  const { results } = await server.reader.multiSearch({ queries });
  const most = Math.max(...results.map(({ estimatedTotalHits }) => estimatedTotalHits ?? 0));
  if (await hasFew(app, expanded, most)) return postgres.countFacets({ query, filters });
  const values = (at: number, facet: string): FacetValue[] =>
    sortFacet(
      Object.entries(results[at]?.facetDistribution?.[facet] ?? {}).map(([value, count]) => ({ value, count })),
    );
  const isTrue = (at: number, facet: string) =>
    values(at, facet).flatMap(({ value, count }) => (value === 'true' ? [{ value: '1', count }] : []));
  const ranges = (from: number, names: readonly string[]) =>
    sortFacet(
      names
        .map((value, at) => ({ value, count: results[from + at]?.estimatedTotalHits ?? 0 }))
        .filter(({ count }) => count > 0),
    );
  return {
    category: values(0, 'category'),
    platform: values(1, 'platform'),
    licence: values(2, 'licence'),
    base: values(3, 'base'),
    kind: values(4, 'kind'),
    verified: isTrue(5, 'verified'),
    signed: isTrue(6, 'signed'),
    pushed: ranges(7, AGES),
    size: ranges(7 + AGES.length, SIZE_LIMITS),
  };
}
