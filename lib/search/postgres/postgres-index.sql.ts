// Reads search_repositories by conditions and ranks that postgres-match.sql.ts builds.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import type { SearchHit, Sort } from '#lib/search/schema.ts';
import { toHit, type HitRow } from './hit-row.ts';
import { HIT_COLUMNS } from './hit-row.sql.ts';
import { and, type TextMatch } from './postgres-match.sql.ts';

/** Counts up to `limit`. */
export async function countMatches(db: DbOrTx, conditions: Prisma.Sql[], limit: number): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (SELECT FROM search_repositories WHERE ${and(conditions)} LIMIT ${limit}) AS found`;
  return row?.count ?? 0;
}

/** Counts up to `limit` documents that match each condition. */
export async function countEach(db: DbOrTx, conditions: Prisma.Sql[], limit: number): Promise<number[]> {
  const counts = conditions.map(
    (condition) => Prisma.sql`(SELECT count(*)::int FROM (
      SELECT FROM search_repositories WHERE ${condition} LIMIT ${limit}) AS found)`,
  );
  const [row] = await db.$queryRaw<{ counts: number[] }[]>`SELECT ARRAY[${Prisma.join(counts)}] AS counts`;
  return row?.counts ?? [];
}

export type RelevantPage = {
  offset: number;
  limit: number;
  /** Ranks only this many of each kind, the most trusted. Null ranks all. */
  candidates: number | null;
  /** How rare each term is, where some may be missing. */
  rarities?: number[];
};

/** Compares only the best of each kind of match, so that a common word costs no more than a rare one. */
export async function findRelevant(
  db: DbOrTx,
  match: TextMatch,
  kinds: Prisma.Sql[],
  { offset, limit, candidates, rarities }: RelevantPage,
): Promise<SearchHit[]> {
  if (limit === 0) return [];
  const byTrust = Prisma.sql`verified DESC, deprecated, popularity DESC`;
  const fits = Prisma.join(
    match.terms.map(({ weight, fit }, at) => Prisma.sql`${weight * (rarities?.[at] ?? 1)}::float8 * (${fit})`),
    ' + ',
  );
  const best = (kind: Prisma.Sql) => Prisma.sql`
    (SELECT repository_id FROM search_repositories WHERE ${kind} ORDER BY ${byTrust}, repository_id LIMIT ${candidates})`;
  const isCandidate =
    candidates === null
      ? Prisma.join(kinds, ' OR ')
      : Prisma.sql`repository_id = ANY (ARRAY(${Prisma.join(kinds.map(best), ' UNION ')}))`;
  const rows = await db.$queryRaw<HitRow[]>`
    SELECT ${HIT_COLUMNS} FROM search_repositories
     WHERE ${isCandidate}
     ORDER BY ${match.tier} DESC, ${fits} DESC, ${byTrust}, pull_count DESC, repository_id
     OFFSET ${offset} LIMIT ${limit}`;
  return rows.map(toHit);
}

/** Each order ends in a unique key, so that pages never repeat or skip a row. */
const ORDERS: Record<Exclude<Sort, 'relevance'>, Prisma.Sql> = {
  pulls: Prisma.sql`pull_count DESC, repository_id`,
  stars: Prisma.sql`star_count DESC, repository_id`,
  updated: Prisma.sql`pushed_at DESC, repository_id`,
  name: Prisma.sql`name, repository_id`,
};

export type SortedPage = { sort: Exclude<Sort, 'relevance'>; offset: number; limit: number };

export async function findSorted(
  db: DbOrTx,
  conditions: Prisma.Sql[],
  { sort, offset, limit }: SortedPage,
): Promise<SearchHit[]> {
  if (limit === 0) return [];
  const rows = await db.$queryRaw<HitRow[]>`
    SELECT ${HIT_COLUMNS} FROM search_repositories WHERE ${and(conditions)}
     ORDER BY ${ORDERS[sort]} OFFSET ${offset} LIMIT ${limit}`;
  return rows.map(toHit);
}

/** Keeps the order of the ids and leaves out deleted repositories. */
export async function readHits(db: DbOrTx, ids: bigint[]): Promise<SearchHit[]> {
  if (ids.length === 0) return [];
  const rows = await db.$queryRaw<HitRow[]>`
    SELECT ${HIT_COLUMNS} FROM search_repositories
     WHERE repository_id = ANY (${ids}) ORDER BY array_position(${ids}::bigint[], repository_id)`;
  return rows.map(toHit);
}
