import type pg from 'pg';

/** `storedBytes`: distinct blobs, including restorable deleted content. `stagedBytes`: open uploads. */
export type RegistryUsage = { storedBytes: number; stagedBytes: number };

/**
 * Which repositories count towards the usage of registry $1. Unpinned mirrors don't, because CACHE_SIZE limits them. Restorable deleted
 * content does.
 */
export const COUNTED_REPOSITORIES = `(r.upstream_id IS NULL OR r.is_pinned)
  AND (r.registry_id = $1 OR r.id IN (SELECT d.holding_id FROM deletions d WHERE d.registry_id = $1))`;

const READ_USAGE = `
  SELECT (SELECT coalesce(sum(size_bytes), 0) FROM blobs WHERE id IN (
            SELECT l.blob_id FROM repositories r JOIN repository_blobs l ON l.repository_id = r.id WHERE ${COUNTED_REPOSITORIES}
         )) AS stored_bytes,
         (SELECT coalesce(sum(u.offset_bytes), 0) FROM repositories r JOIN uploads u ON u.repository_id = r.id
           WHERE r.registry_id = $1) AS staged_bytes`;

/** Computes the usage. The cost grows with the number of blobs. */
export async function readRegistryUsage({ pool }: { pool: pg.Pool }, registryKey: bigint): Promise<RegistryUsage> {
  const { rows } = await pool.query<{ stored_bytes: string; staged_bytes: string }>({
    name: 'read-registry-usage',
    text: READ_USAGE,
    values: [registryKey],
  });
  return { storedBytes: Number(rows[0]?.stored_bytes), stagedBytes: Number(rows[0]?.staged_bytes) };
}

/** Returns the size of a blob that already counts towards the registry's usage, or null. */
export async function findCountedBlob(
  { pool }: { pool: pg.Pool },
  { registryKey, digest, scope }: { registryKey: bigint; digest: string; scope: string },
): Promise<number | null> {
  const { rows } = await pool.query<{ size_bytes: string }>(
    `SELECT b.size_bytes FROM repositories r JOIN repository_blobs l ON l.repository_id = r.id AND l.digest = $2
       JOIN blobs b ON b.id = l.blob_id WHERE ${COUNTED_REPOSITORIES} AND vitrine_blob_scope(b.sha256) = $3 LIMIT 1`,
    [registryKey, digest, scope],
  );
  return rows[0] ? Number(rows[0].size_bytes) : null;
}

export async function findBlobSize({ pool }: { pool: pg.Pool }, blobId: bigint): Promise<number> {
  const { rows } = await pool.query<{ size_bytes: string }>('SELECT size_bytes FROM blobs WHERE id = $1', [blobId]);
  return Number(rows[0]?.size_bytes ?? 0);
}
