import type pg from 'pg';

/** Returns null when the database has no site id yet. */
export async function readSiteId(pool: pg.Pool): Promise<string | null> {
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM site');
  return rows[0]?.id ?? null;
}

/** Stores a site id unless one exists, and returns the stored id. */
export async function insertSiteId(pool: pg.Pool, id: string): Promise<string> {
  await pool.query('INSERT INTO site (id) VALUES ($1) ON CONFLICT DO NOTHING', [id]);
  return (await readSiteId(pool)) ?? id;
}

/** Picks linked, undamaged blobs at random. `sizeBytes` is an integer. */
export async function sampleBlobs(pool: pg.Pool, limit: number): Promise<{ sha256: string; sizeBytes: string }[]> {
  const { rows } = await pool.query<{ sha256: string; sizeBytes: string }>(
    `SELECT sha256, size_bytes AS "sizeBytes" FROM blobs b
      WHERE damage IS NULL AND EXISTS (SELECT FROM repository_blobs l WHERE l.blob_id = b.id) ORDER BY random() LIMIT $1`,
    [limit],
  );
  return rows;
}
