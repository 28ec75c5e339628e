// Reads the search documents in the order in which they changed: what a search engine beside the database goes by.
import { Prisma } from '#lib/platform/prisma/client.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { FEED_COLUMNS, type FeedRow } from './meilisearch-documents.ts';

/** Everything up to here was read: the transaction (as text, it has 64 bits) and within it the repository. */
export type FeedPosition = { xid: string; repositoryId: string };
export const FEED_START: FeedPosition = { xid: '0', repositoryId: '0' };

export type Changes = {
  saved: FeedRow[];
  removed: bigint[];
  position: FeedPosition;
  /** Some changes are committed, but an older transaction that still runs may yet put others before them. */
  isBehind: boolean;
};

type ChangedId = { repository_id: bigint; xid: string; is_removal: boolean };

/** At most `limit` changes after `position`; none of a transaction that an older one could still come before. */
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
    SELECT ${FEED_COLUMNS} FROM search_repositories WHERE repository_id = ANY (${ids})`;
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

/** Which database this is, and the next transaction of it: a position of another one, or of a later time, means nothing here. */
export async function readSource(db: DbOrTx): Promise<{ source: string; nextXid: bigint }> {
  const [row] = await db.$queryRaw<{ source: string; next_xid: string }[]>`
    SELECT system_identifier || '/' || current_database() AS source, pg_snapshot_xmax(pg_current_snapshot())::text AS next_xid
      FROM pg_control_system()`;
  if (!row) throw new Error('the database does not say which one it is');
  return { source: row.source, nextXid: BigInt(row.next_xid) };
}
