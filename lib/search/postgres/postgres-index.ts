// Searches with PostgreSQL alone. Exact names rank first, then words in names, publishers and descriptions. Within each tier,
// verified and popular repositories come first.
import type { Prisma } from '#lib/platform/prisma/client.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { expandQuery, type ExpandedQuery } from '#lib/search/query/expand-query.ts';
import { countFacetGroups } from './count-facet-groups.ts';
import { listFacetGroups } from './count-facet-groups.sql.ts';
import { countEach, countMatches, findRelevant, findSorted } from './postgres-index.sql.ts';
import {
  and,
  EVERYTHING,
  filterSql,
  inAnyText,
  matchText,
  partialMatches,
  type TermsMatch,
  type TextMatch,
} from './postgres-match.sql.ts';
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
        findRelevant(db, match, [match.isNamed, match.beginsName, match.beginsAlias, match.full.all], page),
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
  const { kinds, rarities, candidates, isPartial, total } = await chooseMatch(db, match, filters);
  const wanted = kinds.map((kind) => and([kind, ...filterSql(filters)]));
  const hits =
    sort === 'relevance'
      ? await findRelevant(db, match, wanted, { offset, limit: reach, candidates, rarities })
      : await findSorted(db, wanted.slice(-1), { sort, offset, limit: reach });
  return { hits, total, correction: expanded.correction, isPartial, isFallback: false };
}

type ChosenMatch = {
  condition: Prisma.Sql;
  /** From the best kind of match to all matches. */
  kinds: Prisma.Sql[];
  total: number;
  isPartial: boolean;
  rarities?: number[];
  /** How many of each kind are ranked. */
  candidates: number | null;
};

/**
 * Requires all terms. Where few have all, those that no text has may be missing, then any one, and then any but the
 * rarest.
 */
async function chooseMatch(db: Db, match: TextMatch, filters: SearchQuery['filters']): Promise<ChosenMatch> {
  const { full, terms, having } = match;
  const total = await countMatches(db, [full.all, ...filterSql(filters)], MAX_COUNTED + 1);
  const complete = { ...withKinds(match, full, total), isPartial: false };
  if (terms.filter(({ isRequired }) => isRequired).length < 2 || total >= ENOUGH) return complete;
  // Filters don't make a search partial.
  const isFiltered = filterSql(filters).length > 0;
  const [fullCount, named, counts] = await Promise.all([
    isFiltered ? countMatches(db, [full.all], ENOUGH) : total,
    countMatches(db, [match.isNamed, full.all], 1),
    countEach(
      db,
      terms.map(({ inTexts }) => inAnyText(inTexts)),
      MAX_TERM_COUNT,
    ),
  ]);
  if (fullCount >= ENOUGH || named > 0) return complete;
  const count = (condition: Prisma.Sql) => countMatches(db, [condition, ...filterSql(filters)], MAX_COUNTED + 1);
  const isFound = (at: number) => (counts[at] ?? 0) > 0;
  const found = terms.every((_, at) => isFound(at)) ? null : having(isFound);
  const foundCount = found ? await count(found.all) : 0;
  if (found && foundCount >= ENOUGH) {
    return { ...withKinds(match, found, foundCount), isPartial: fullCount === 0 };
  }
  // Trust says too little to choose candidates by, except among those of a common term.
  const isRare = counts.some((termCount) => termCount > 0 && termCount < MAX_TERM_COUNT);
  const candidates = isRare ? null : MAX_REACHABLE;
  let chosen: ChosenMatch = complete;
  for (const condition of partialMatches(match, counts, MAX_TERM_COUNT)) {
    const matches = await count(condition);
    const isPartial = fullCount === 0 && matches > 0;
    chosen = { condition, kinds: [condition], candidates, isPartial, total: matches, rarities: counts.map(rarity) };
    if (matches >= ENOUGH) break;
  }
  return chosen;
}

/** From exact names to names with all the words, and to the rest. */
function withKinds({ isNamed }: TextMatch, found: TermsMatch, total: number) {
  const { all, allInSummary } = total > MAX_COUNTED ? found.common : found;
  const kinds = [and([isNamed, all]), found.allInLeaf, allInSummary, all];
  return { condition: found.all, kinds, candidates: MAX_REACHABLE, total };
}

/** Rare terms say more. */
function rarity(count: number): number {
  return Math.log(1 + MAX_TERM_COUNT / (1 + count));
}

/** Counts repositories whose name is the query and that have all its words. */
export async function countNamed(db: Db, query: ExpandedQuery, filters: SearchQuery['filters']): Promise<number> {
  const match = matchText(query);
  if (!match) return 0;
  return countMatches(db, [match.isNamed, match.full.all, ...filterSql(filters)], MAX_REACHABLE);
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
  const named = and([match.isNamed, match.full.all, ...filterSql(filters)]);
  return findRelevant(db, match, [named], { offset, limit, candidates: MAX_REACHABLE });
}
