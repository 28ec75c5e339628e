// Searches with PostgreSQL alone. Exact names rank first, then words in names, publishers and descriptions. Within each
// tier,
// verified and popular repositories come first.
import { Prisma } from '#lib/platform/prisma/client.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { expandQuery, type ExpandedQuery } from '#lib/search/query/expand-query.ts';
import { countFacetGroups, FACET_GROUPS, type FacetGroup } from './count-facet-groups.ts';
import { HIT_COLUMNS, toHit, type HitRow } from './hit-row.ts';
import { and, filterSql, matchText, type TextMatch } from './postgres-match.ts';
import { MAX_COUNTED, MAX_REACHABLE, type SearchHit, type SearchQuery, type Sort } from '#lib/search/schema.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import { suggestPublishers } from './suggest-publishers.ts';

/** Ranks only the most trusted and popular matches of each kind. */
const MAX_SUGGESTION_CANDIDATES = 100;

export function createPostgresIndex(db: Db): SearchIndex {
  return {
    search: (query) => search(db, query),
    countFacets: async ({ query, filters }) => {
      const match = matchText(await expandQuery(db, query));
      const { condition } = match ? await chooseMatch(db, match, filters) : { condition: Prisma.sql`true` };
      const where = and([condition, ...filterSql({ alias: filters.alias })]);
      return countFacetGroups(await db.$queryRaw<FacetGroup[]>(FACET_GROUPS(where)), filters);
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

async function search(db: Db, { query, filters, sort, offset, limit }: SearchQuery) {
  const expanded = await expandQuery(db, query);
  const match = matchText(expanded);
  const reach = Math.max(0, Math.min(limit, MAX_REACHABLE - offset));
  if (!match) {
    const [hits, total] = await Promise.all([
      findSorted(db, filterSql(filters), sort === 'relevance' ? 'pulls' : sort, offset, reach),
      countUpTo(db, filterSql(filters)),
    ]);
    return { hits, total, correction: null, isPartial: false, isFallback: false };
  }
  const { condition, isPartial, total } = await chooseMatch(db, match, filters);
  const page = { offset, limit: reach, candidates: MAX_REACHABLE };
  const hits =
    sort === 'relevance'
      ? await findRelevant(
          db,
          match,
          isPartial ? [and([condition, ...filterSql(filters)])] : bestKinds(match, filters),
          page,
        )
      : await findSorted(db, [condition, ...filterSql(filters)], sort, offset, reach);
  return { hits, total, correction: expanded.correction, isPartial, isFallback: false };
}

/** Requires all words. Falls back to any word when nothing has all of them. */
async function chooseMatch(db: Db, match: TextMatch, filters: SearchQuery['filters']) {
  const total = await countUpTo(db, [match.all, ...filterSql(filters)]);
  const hasAll = total > 0 || (await countUpTo(db, [match.all], 1)) > 0;
  if (hasAll || !match.hasSeveralWords) return { condition: match.all, isPartial: false, total };
  const someTotal = await countUpTo(db, [match.any, ...filterSql(filters)]);
  return { condition: match.any, isPartial: someTotal > 0, total: someTotal };
}

async function countUpTo(db: Db, conditions: Prisma.Sql[], limit = MAX_COUNTED + 1): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (SELECT FROM search_repositories WHERE ${and(conditions)} LIMIT ${limit}) AS found`;
  return row?.count ?? 0;
}

/** Counts repositories whose name is the query and that have all its words. */
export async function countNamed(db: Db, query: ExpandedQuery, filters: SearchQuery['filters']): Promise<number> {
  const match = matchText(query);
  if (!match) return 0;
  return countUpTo(db, [match.isNamed, match.all, ...filterSql(filters)], MAX_REACHABLE);
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
  return [match.isNamed, match.allInLeaf, match.all].map((kind) => and([kind, match.all, ...filterSql(filters)]));
}

type RelevantPage = { offset: number; limit: number; candidates: number };

/** Compares only the best of each kind of match, so that a common word costs no more than a rare one. */
async function findRelevant(
  db: Db,
  match: TextMatch,
  kinds: Prisma.Sql[],
  { offset, limit, candidates }: RelevantPage,
): Promise<SearchHit[]> {
  if (limit === 0) return [];
  const byTrust = Prisma.sql`verified DESC, popularity DESC`;
  // Partial matches rank by their number of words, which is the same for all complete matches.
  const best = (kind: Prisma.Sql) => Prisma.sql`
    (SELECT repository_id FROM search_repositories WHERE ${kind}
      ORDER BY ${kinds.length === 1 ? Prisma.sql`${match.countOfAny} DESC,` : Prisma.empty} ${byTrust}, repository_id
      LIMIT ${candidates})`;
  const rows = await db.$queryRaw<HitRow[]>`
    SELECT ${HIT_COLUMNS} FROM search_repositories
     WHERE repository_id = ANY (ARRAY(${Prisma.join(kinds.map(best), ' UNION ')}))
     ORDER BY ${match.countOfAny} DESC, ${match.tier} DESC, ${byTrust}, pull_count DESC, repository_id
     OFFSET ${offset} LIMIT ${limit}`;
  return rows.map(toHit);
}

/** Each order ends in a unique key, so that pages never repeat or skip a row. */
const ORDERS: Record<Exclude<Sort, 'relevance'>, Prisma.Sql> = {
  pulls: Prisma.sql`pull_count DESC, repository_id`,
  updated: Prisma.sql`pushed_at DESC, repository_id`,
  name: Prisma.sql`name, repository_id`,
};

async function findSorted(
  db: Db,
  conditions: Prisma.Sql[],
  sort: Exclude<Sort, 'relevance'>,
  offset: number,
  limit: number,
): Promise<SearchHit[]> {
  if (limit === 0) return [];
  const rows = await db.$queryRaw<HitRow[]>`
    SELECT ${HIT_COLUMNS} FROM search_repositories WHERE ${and(conditions)}
     ORDER BY ${ORDERS[sort]} OFFSET ${offset} LIMIT ${limit}`;
  return rows.map(toHit);
}
