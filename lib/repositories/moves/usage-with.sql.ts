import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Sums what a registry would store with a further repository. Blobs that both have count once. */
export async function readUsageWith(
  tx: DbOrTx,
  { registryKey, repositoryId }: { registryKey: bigint; repositoryId: bigint },
): Promise<number> {
  // As in publishers/registry-quota.sql.ts. What can be restored into the repository comes with it.
  const [row] = await tx.$queryRaw<{ bytes: bigint }[]>`
    SELECT coalesce(sum(size_bytes), 0)::bigint AS bytes FROM blobs WHERE id IN (
      SELECT l.blob_id FROM repositories r JOIN repository_blobs l ON l.repository_id = r.id
       WHERE (r.upstream_id IS NULL OR r.is_pinned)
         AND (r.registry_id = ${registryKey} OR r.id = ${repositoryId}
              OR r.id IN (SELECT d.holding_id FROM deletions d
                           WHERE d.registry_id = ${registryKey} OR d.repository_id = ${repositoryId})))`;
  return Number(row?.bytes ?? 0);
}
