// Searches with PostgreSQL alone. Exact names rank first, then words in names, publishers and descriptions. Within each tier,
// verified and popular repositories come first.
import type { Prisma } from '#lib/platform/prisma/client.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { expandQuery, type ExpandedQuery } from '#lib/search/query/expand-query.ts';
import { countFacetGroups } from './count-facet-groups.ts';
import { listFacetGroups } from './count-facet-groups.sql.ts';
import { countMatches, countTerms, findRelevant, findSorted } from './postgres-index.sql.ts';
import { and, EVERYTHING, filterSql, matchText, partialMatches, type TextMatch } from './postgres-match.sql.ts';
import {
  ENOUGH,
  MAX_COUNTED,
  MAX_REACHABLE,
  type SearchFacets,
  type SearchFilters,
  type SearchHit,
  type SearchQuery,
  type SearchResult,
} from '#lib/search/schema.ts';
import { withTagFilter } from '#lib/search/query/tag-filter.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import { suggestPublishers } from './suggest-publishers.sql.ts';

/** Ranks only the most trusted and popular matches of each kind. */
const MAX_SUGGESTION_CANDIDATES = 100;
/** Terms in more documents weigh as little as one in this many. */
const MAX_TERM_COUNT = 1_000;

export function createPostgresIndex(db: Db): SearchIndex {
  return {
    search: async (asked) => {
      const query = withTagFilter(asked);
      return searchExpanded(db, await expandQuery(db, query.query), query);
    },
    countFacets: async (asked) => {
      const { query, filters } = withTagFilter(asked);
      return countExpandedFacets(db, await expandQuery(db, query), filters);
    },
    suggest: async ({ query, limit }) => {
      const expanded = await expandQuery(db, query);
      const match = matchText(expanded);
      if (!match) return { repositories: [], publishers: [] };
      const page = { offset: 0, limit, candidates: MAX_SUGGESTION_CANDIDATES };
      const [repositories, publishers] = await Promise.all([
        findRelevant(db, match, [match.isNamed, match.beginsName, match.beginsAlias, match.all], page),
        suggestPublishers(db, expanded, limit),
      ]);
      return { repositories, publishers };
    },
  };
}

export async function countExpandedFacets(db: Db, query: ExpandedQuery, filters: SearchFilters): Promise<SearchFacets> {
  const match = matchText(query);
  const { condition } = match ? await chooseMatch(db, match, filters) : { condition: EVERYTHING };
  // These have no facet of their own.
  const { alias, os, architecture, tag } = filters;
  const where = and([condition, ...filterSql({ alias, os, architecture, tag })]);
  return countFacetGroups(await listFacetGroups(db, where), filters);
}

export async function searchExpanded(
  db: Db,
  expanded: ExpandedQuery,
  { filters, sort, offset, limit }: Omit<SearchQuery, 'query'>,
): Promise<SearchResult> {
  const match = matchText(expanded);
  const reach = Math.max(0, Math.min(limit, MAX_REACHABLE - offset));
  if (!match) {
    const [hits, total] = await Promise.all([
      findSorted(db, filterSql(filters), { sort: sort === 'relevance' ? 'pulls' : sort, offset, limit: reach }),
      countMatches(db, filterSql(filters), MAX_COUNTED + 1),
    ]);
    return { hits, total, correction: null, isPartial: false, isFallback: false };
  }
  const { condition, isPartial, rarities, total } = await chooseMatch(db, match, filters);
  const kinds = isPartial || rarities ? [and([condition, ...filterSql(filters)])] : bestKinds(match, filters);
  const hits =
    sort === 'relevance'
      ? await findRelevant(db, match, kinds, { offset, limit: reach, candidates: MAX_REACHABLE, rarities })
      : await findSorted(db, [condition, ...filterSql(filters)], { sort, offset, limit: reach });
  return { hits, total, correction: expanded.correction, isPartial, isFallback: false };
}

type ChosenMatch = { condition: Prisma.Sql; isPartial: boolean; total: number; rarities?: number[] };

/** Requires all terms. Where few have all, one may be missing, and any where that finds nothing. */
async function chooseMatch(db: Db, match: TextMatch, filters: SearchQuery['filters']): Promise<ChosenMatch> {
  const total = await countMatches(db, [match.all, ...filterSql(filters)], MAX_COUNTED + 1);
  if (!match.hasSeveralTerms || total >= ENOUGH) return { condition: match.all, isPartial: false, total };
  // Filters don't make a search partial.
  const isFiltered = filterSql(filters).length > 0;
  const [full, named, counts] = await Promise.all([
    isFiltered ? countMatches(db, [match.all], ENOUGH) : total,
    countMatches(db, [match.isNamed, match.all], 1),
    countTerms(db, match.inTexts, MAX_TERM_COUNT),
  ]);
  if (full >= ENOUGH || named > 0) return { condition: match.all, isPartial: false, total };
  let chosen: ChosenMatch = { condition: match.all, isPartial: false, total };
  for (const condition of partialMatches(match, counts, MAX_TERM_COUNT)) {
    const found = await countMatches(db, [condition, ...filterSql(filters)], MAX_COUNTED + 1);
    chosen = { condition, isPartial: full === 0 && found > 0, total: found, rarities: counts.map(rarity) };
    if (found >= ENOUGH) break;
  }
  return chosen;
}

/** Rare terms say more. */
function rarity(count: number): number {
  return Math.log(1 + MAX_TERM_COUNT / (1 + count));
}

/** Counts repositories whose name is the query and that have all its words. */
export async function countNamed(db: Db, query: ExpandedQuery, filters: SearchQuery['filters']): Promise<number> {
  const match = matchText(query);
  if (!match) return 0;
  return countMatches(db, [match.isNamed, match.all, ...filterSql(filters)], MAX_REACHABLE);
}

/** Lists them, best first. */
export async function findNamed(
  db: Db,
  query: ExpandedQuery,
  filters: SearchQuery['filters'],
  { offset, limit }: { offset: number; limit: number },
): Promise<SearchHit[]> {
  const match = matchText(query);
  if (!match) return [];
  const named = and([match.isNamed, match.all, ...filterSql(filters)]);
  return findRelevant(db, match, [named], { offset, limit, candidates: MAX_REACHABLE });
}

/** Orders matches of all words: exact names first, then names with all the words, then the rest. */
function bestKinds(match: TextMatch, filters: SearchQuery['filters']): Prisma.Sql[] {
  return [match.isNamed, match.allInLeaf, match.allInSummary, match.all].map((kind) =>
    and([kind, match.all, ...filterSql(filters)]),
  );
}
