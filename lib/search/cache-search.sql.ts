import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';

/**
 * Returns a version string that changes with every committed change of the search documents. It consists of the newest
 * transaction older than any running one, plus each committed transaction younger than that. So it changes once more
 * when the transactions that ran beside a change have ended.
 */
export async function readSearchVersion(db: DbOrTx): Promise<string> {
  const [row] = await db.$queryRaw<{ version: string }[]>`
    SELECT concat(${lastSettled('search_repositories')}, '/', ${lastSettled('search_removals')}, '/',
      (SELECT string_agg(changed_xid::text, ' ' ORDER BY changed_xid) FROM (
        SELECT changed_xid FROM search_repositories WHERE ${IS_UNSETTLED}
         UNION SELECT changed_xid FROM search_removals WHERE ${IS_UNSETTLED}) AS unsettled)) AS version`;
  return row?.version ?? '';
}

const IS_UNSETTLED = Prisma.sql`changed_xid >= pg_snapshot_xmin(pg_current_snapshot())`;

function lastSettled(table: 'search_repositories' | 'search_removals'): Prisma.Sql {
  return Prisma.sql`(SELECT changed_xid FROM ${Prisma.raw(table)}
    WHERE changed_xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY changed_xid DESC LIMIT 1)`;
}
