import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Lists repositories whose README wasn't fetched since their last push, or for a day. Longest waiting first. */
export async function listDueReadmes(db: DbOrTx, { limit }: { limit: number }): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ id: bigint }[]>`
    SELECT r.id FROM readmes m JOIN repositories r ON r.id = m.repository_id
     WHERE r.quarantined_at IS NULL AND (m.tried_at IS NULL OR m.tried_at < r.last_pushed_at OR m.tried_at < now() - interval '1 day')
     ORDER BY m.tried_at NULLS FIRST LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
