import type pg from 'pg';
import { COUNTED_REPOSITORIES } from '#lib/publishers/registry-quota.sql.ts';

export type StorageRow = { registryKey: string; storedBytes: number; linkedBytes: number };

/** Lists registries that store something, or did yesterday, in the order of their keys. */
export async function listStoringRegistries(
  pool: pg.Pool,
  { after, limit }: { after: bigint; limit: number },
): Promise<bigint[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM registries g
      WHERE id > $1 AND (EXISTS (SELECT FROM repositories r WHERE r.registry_id = g.id)
            OR EXISTS (SELECT FROM deletions d WHERE d.registry_id = g.id)
            OR EXISTS (SELECT FROM storage_days s WHERE s.registry_id = g.id AND s.day = (now() AT TIME ZONE 'UTC')::date - 1
                                                        AND s.stored_bytes > 0))
      ORDER BY id LIMIT $2`,
    [after, limit],
  );
  return rows.map(({ id }) => BigInt(id));
}

/** Sums the blobs of the repositories that count towards a registry's usage. One that several share counts in each. */
export async function sumRegistryLinks(pool: pg.Pool, registryKey: bigint): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>({
    name: 'sum-registry-links',
    text: `SELECT coalesce(sum(b.size_bytes), 0)::float8 AS bytes
             FROM repositories r JOIN repository_blobs l ON l.repository_id = r.id JOIN blobs b ON b.id = l.blob_id
            WHERE ${COUNTED_REPOSITORIES}`,
    values: [registryKey],
  });
  return rows[0]?.bytes ?? 0;
}

/** Replaces today's rows, by UTC. Skips registries that are gone. */
export async function saveStorageRows(pool: pg.Pool, rows: StorageRow[]): Promise<void> {
  await pool.query(
    `INSERT INTO storage_days (registry_id, day, stored_bytes, linked_bytes)
     SELECT g.id, (now() AT TIME ZONE 'UTC')::date, s.stored, s.linked
       FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS s (registry_id, stored, linked)
       JOIN registries g ON g.id = s.registry_id
     ON CONFLICT (registry_id, day) DO UPDATE SET stored_bytes = excluded.stored_bytes, linked_bytes = excluded.linked_bytes`,
    [rows.map((row) => row.registryKey), rows.map((row) => row.storedBytes), rows.map((row) => row.linkedBytes)],
  );
}
