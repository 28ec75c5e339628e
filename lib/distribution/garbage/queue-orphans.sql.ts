import type pg from 'pg';

export type StoredFile = { sha256: string; sizeBytes: number; changedAt: Date };

/** Lists the digests that have a row. */
export async function listKnown(pool: pg.Pool, digests: string[]): Promise<string[]> {
  const { rows } = await pool.query<{ sha256: string }>('SELECT sha256 FROM blobs WHERE sha256 = ANY ($1)', [digests]);
  return rows.map((row) => row.sha256);
}

/** Inserts rows without links for files, and queues them for review. */
export async function insertOrphans(pool: pg.Pool, orphans: StoredFile[]): Promise<void> {
  if (orphans.length === 0) return;
  await pool.query(
    `WITH orphan AS (SELECT * FROM unnest($1::text[], $2::bigint[], $3::timestamptz[]) AS o (sha256, size_bytes, changed_at)),
          added AS (INSERT INTO blobs (sha256, size_bytes) SELECT sha256, size_bytes FROM orphan ORDER BY sha256
                    ON CONFLICT DO NOTHING RETURNING id, sha256)
     INSERT INTO blob_reviews (blob_id, queued_at)
     SELECT added.id, orphan.changed_at FROM added JOIN orphan USING (sha256) ON CONFLICT DO NOTHING`,
    [
      orphans.map(({ sha256 }) => sha256),
      orphans.map(({ sizeBytes }) => sizeBytes),
      orphans.map(({ changedAt }) => changedAt),
    ],
  );
}
