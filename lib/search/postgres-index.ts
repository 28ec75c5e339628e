// Search on PostgreSQL alone: names that are what was typed first, then words in names, publishers and descriptions; within each tier
// who is verified and what is pulled most.
import { Prisma } from '#lib/platform/prisma/client.ts';
import type { Db } from '#lib/platform/db.ts';
import { expandQuery } from './expand-query.ts';
import { countFacetGroups, FACET_GROUPS, type FacetGroup } from './count-facet-groups.ts';
import { HIT_COLUMNS, toHit, type HitRow } from './hit-row.ts';
import { and, filterSql, matchText, type TextMatch } from './postgres-match.ts';
import { MAX_COUNTED, MAX_REACHABLE, type SearchHit, type SearchQuery, type Sort } from './schema.ts';
import type { SearchIndex } from './search-index.ts';
import { suggestPublishers } from './suggest-publishers.ts';

/** Of each kind of match, the most trusted and popular are looked at closer. */
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
        findRelevant(db, match, Prisma.sql`(${match.all} OR ${match.beginsName})`, [], page),
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
      ? await findRelevant(db, match, condition, filterSql(filters), page)
      : await findSorted(db, [condition, ...filterSql(filters)], sort, offset, reach);
  return { hits, total, correction: expanded.correction, isPartial, isFallback: false };
}

/** All words, or where nothing has them all, any. */
async function chooseMatch(db: Db, match: TextMatch, filters: SearchQuery['filters']) {
  const total = await countUpTo(db, [match.all, ...filterSql(filters)]);
  const hasAll = total > 0 || (await countUpTo(db, [match.all], 1)) > 0;
  if (hasAll) return { condition: match.all, isPartial: false, total };
  return { condition: match.any, isPartial: true, total: await countUpTo(db, [match.any, ...filterSql(filters)]) };
}

async function countUpTo(db: Db, conditions: Prisma.Sql[], limit = MAX_COUNTED + 1): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (SELECT FROM search_repositories WHERE ${and(conditions)} LIMIT ${limit}) AS found`;
  return row?.count ?? 0;
}

type RelevantPage = { offset: number; limit: number; candidates: number };

/** Only the best of each kind of match are compared: a word that half the gallery has costs no more than a rare one. */
async function findRelevant(
  db: Db,
  match: TextMatch,
  condition: Prisma.Sql,
  filters: Prisma.Sql[],
  { offset, limit, candidates }: RelevantPage,
): Promise<SearchHit[]> {
  if (limit === 0) return [];
  const isPartial = condition === match.any;
  const best = (kind: Prisma.Sql) => Prisma.sql`
    (SELECT repository_id FROM search_repositories WHERE ${and([kind, ...filters])}
      ORDER BY ${isPartial ? Prisma.sql`${match.countOfAny} DESC,` : Prisma.empty} verified DESC, popularity DESC, repository_id
      LIMIT ${candidates})`;
  const kinds = isPartial ? [condition] : [match.isNamed, match.allInLeaf, condition];
  const rows = await db.$queryRaw<HitRow[]>`
    SELECT ${HIT_COLUMNS} FROM search_repositories
     WHERE repository_id = ANY (ARRAY(${Prisma.join(kinds.map(best), ' UNION ')}))
     ORDER BY ${isPartial ? match.countOfAny : Prisma.sql`(${condition})`} DESC, ${match.tier} DESC, verified DESC,
              popularity DESC, pull_count DESC, repository_id
     OFFSET ${offset} LIMIT ${limit}`;
  return rows.map(toHit);
}

/** Each order ends in a unique key, so that pages never repeat or lose a row. */
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
