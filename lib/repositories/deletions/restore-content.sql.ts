import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Lists a hidden repository's tags by name, and whether the visible one has them again. */
export async function listHeldTags(
  tx: DbOrTx,
  { holdingId, repositoryId }: { holdingId: bigint; repositoryId: bigint },
): Promise<{ name: string; isTaken: boolean }[]> {
  return tx.$queryRaw`
    SELECT h.name, EXISTS (SELECT FROM tags t WHERE t.repository_id = ${repositoryId} AND t.name = h.name) AS "isTaken"
      FROM tags h WHERE h.repository_id = ${holdingId} ORDER BY h.name`;
}
