// Searches with PostgreSQL alone. Exact names rank first, then words in names, publishers and descriptions. Within each tier,
// verified and popular repositories come first.
import type { Db } from '#lib/platform/pg/db.ts';
import { expandQuery, type ExpandedQuery } from '#lib/search/query/expand-query.ts';
import { chooseMatch } from './choose-match.ts';
import { countExpandedFacets } from './count-expanded-facets.ts';
import { countMatches, findRelevant, findSorted } from './postgres-index.sql.ts';
import { and, filterSql, matchText } from './postgres-match.sql.ts';
import { MAX_COUNTED, MAX_REACHABLE, type SearchHit, type SearchQuery, type SearchResult } from '#lib/search/schema.ts';
import { withTagFilter } from '#lib/search/query/tag-filter.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import { suggestPublishers } from './suggest-publishers.sql.ts';

/** Ranks only the most trusted and popular matches of each kind. */
const MAX_SUGGESTION_CANDIDATES = 100;

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
