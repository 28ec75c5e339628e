import type { DbOrTx } from '#lib/platform/pg/db.ts';

export type RegistryTotals = { registryKey: bigint; storedBytes: number; pullCount: number };

/**
 * Computes storage and pulls of some registries. Counts the blobs that a quota counts (publishers/registry-quota.sql.ts),
 * without open uploads. The cost grows with the number of blobs.
 */
export async function sumRegistryTotals({ db }: { db: DbOrTx }, registryKeys: bigint[]): Promise<RegistryTotals[]> {
  return db.$queryRaw`
    WITH owned AS (
      SELECT registry_id AS owner, id FROM repositories
       WHERE registry_id = ANY (${registryKeys}::bigint[]) AND (upstream_id IS NULL OR is_pinned)
      UNION
      SELECT d.registry_id, d.holding_id FROM deletions d JOIN repositories r ON r.id = d.holding_id
       WHERE d.registry_id = ANY (${registryKeys}::bigint[]) AND (r.upstream_id IS NULL OR r.is_pinned)
    ), stored AS (
      SELECT owner, sum(size_bytes) AS bytes
        FROM (SELECT DISTINCT owner, blob_id FROM owned JOIN repository_blobs ON repository_id = owned.id) AS links
        JOIN blobs ON blobs.id = blob_id GROUP BY owner
    ), pulled AS (
      SELECT registry_id AS owner, sum(pull_count) AS pulls FROM repositories
       WHERE registry_id = ANY (${registryKeys}::bigint[]) GROUP BY registry_id
    )
    SELECT wanted.key AS "registryKey", coalesce(bytes, 0)::float8 AS "storedBytes", coalesce(pulls, 0)::float8 AS "pullCount"
      FROM unnest(${registryKeys}::bigint[]) AS wanted (key)
      LEFT JOIN stored ON stored.owner = wanted.key LEFT JOIN pulled ON pulled.owner = wanted.key`;
}
