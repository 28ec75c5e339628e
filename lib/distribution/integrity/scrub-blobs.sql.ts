import type pg from 'pg';

/** `id` is an integer. */
export type ScrubbedBlob = { id: string; sha256: string; checkedAt: Date | null; damage: 'missing' | 'corrupt' | null };

export async function countLinkedBlobs(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(
    'SELECT count(*) FROM blobs b WHERE EXISTS (SELECT FROM repository_blobs l WHERE l.blob_id = b.id)',
  );
  return Number(rows[0]?.count ?? 0);
}

/** Lists linked blobs that are damaged or weren't hashed since `before`, by id. */
export async function listDueBlobs(
  pool: pg.Pool,
  { after, before, limit }: { after: string; before: Date; limit: number },
): Promise<ScrubbedBlob[]> {
  const { rows } = await pool.query<ScrubbedBlob>(
    `SELECT id, sha256, checked_at AS "checkedAt", damage FROM blobs b
      WHERE id > $1 AND (checked_at IS NULL OR checked_at < $2 OR damage IS NOT NULL)
        AND EXISTS (SELECT FROM repository_blobs l WHERE l.blob_id = b.id) ORDER BY id LIMIT $3`,
    [after, before, limit],
  );
  return rows;
}

/** Saves a check. Returns false when the blob was pushed again, checked or removed meanwhile. */
export async function saveCheck(
  pool: pg.Pool,
  { id, checkedAt }: ScrubbedBlob,
  damage: ScrubbedBlob['damage'],
): Promise<boolean> {
  const { rowCount } = await pool.query(
    'UPDATE blobs SET checked_at = now(), damage = $2 WHERE id = $1 AND checked_at IS NOT DISTINCT FROM $3',
    [id, damage, checkedAt],
  );
  return rowCount !== 0;
}
