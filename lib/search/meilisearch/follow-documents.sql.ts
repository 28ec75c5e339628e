// Reads search documents in the order in which they changed, so that an external search engine can follow them.
import { Prisma } from '#lib/platform/prisma/client.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { HIT_COLUMNS } from '#lib/search/postgres/hit-row.sql.ts';
import type { FeedRow } from './meilisearch-documents.ts';

/** Everything up to here has been read: a transaction id (64 bits, as text), and a repository within it. */
export type FeedPosition = { xid: string; repositoryId: string };
export const FEED_START: FeedPosition = { xid: '0', repositoryId: '0' };

export type Changes = {
  saved: FeedRow[];
  removed: bigint[];
  position: FeedPosition;
  /** Committed changes are held back, because an older transaction still running may precede them. */
  isBehind: boolean;
};

type ChangedId = { repository_id: bigint; xid: string; is_removal: boolean };

/**
 * Reads at most `limit` changes after `position`, holding back those that a running transaction could still precede.
 */
export async function readChanges(db: DbOrTx, position: FeedPosition, limit: number): Promise<Changes> {
  const after = Prisma.sql`(changed_xid, repository_id) > (${position.xid}::xid8, ${position.repositoryId}::bigint)`;
  const isSettled = Prisma.sql`changed_xid < pg_snapshot_xmin(pg_current_snapshot())`;
  const changed = await db.$queryRaw<ChangedId[]>`
    SELECT repository_id, changed_xid::text AS xid, is_removal FROM (
      (SELECT repository_id, changed_xid, false AS is_removal FROM search_repositories
        WHERE ${after} AND ${isSettled} ORDER BY changed_xid, repository_id LIMIT ${limit})
      UNION ALL
      (SELECT repository_id, changed_xid, true FROM search_removals
        WHERE ${after} AND ${isSettled} ORDER BY changed_xid, repository_id LIMIT ${limit})
    ) AS changes ORDER BY changes.changed_xid, repository_id LIMIT ${limit}`;
  const ids = changed.filter((row) => !row.is_removal).map((row) => row.repository_id);
  const saved = await db.$queryRaw<FeedRow[]>`
    SELECT ${HIT_COLUMNS}, aliases, leaf, joined, popularity, categories, licences,
           base_system, size_bytes, about FROM search_repositories WHERE repository_id = ANY (${ids})`;
  const last = changed.at(-1);
  const [more] = await db.$queryRaw<{ is_behind: boolean }[]>`
    SELECT EXISTS (SELECT FROM search_repositories WHERE ${after} AND NOT ${isSettled})
        OR EXISTS (SELECT FROM search_removals WHERE ${after} AND NOT ${isSettled}) AS is_behind`;
  return {
    saved,
    removed: changed.filter((row) => row.is_removal).map((row) => row.repository_id),
    position: last ? { xid: last.xid, repositoryId: String(last.repository_id) } : position,
    isBehind: more?.is_behind ?? false,
  };
}

/** Counts up to `limit` changes after `position`. */
export async function countChanges(db: DbOrTx, position: FeedPosition, limit = 10_000): Promise<number> {
  const after = Prisma.sql`(changed_xid, repository_id) > (${position.xid}::xid8, ${position.repositoryId}::bigint)`;
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      (SELECT FROM search_repositories WHERE ${after} LIMIT ${limit})
      UNION ALL
      (SELECT FROM search_removals WHERE ${after} LIMIT ${limit})
    ) AS changes`;
  return row?.count ?? 0;
}

/**
 * Identifies the database and its next transaction. A position from another database, or from a later time, is invalid.
 */
export async function readSource(db: DbOrTx): Promise<{ source: string; nextXid: bigint }> {
  const [row] = await db.$queryRaw<{ source: string; next_xid: string }[]>`
    SELECT system_identifier || '/' || current_database() AS source, pg_snapshot_xmax(pg_current_snapshot())::text AS next_xid
      FROM pg_control_system()`;
  if (!row) throw new Error('the database returned no system identifier');
  return { source: row.source, nextXid: BigInt(row.next_xid) };
}
