import type pg from 'pg';

const IS_CACHED = `
  EXISTS (SELECT FROM repository_blobs l WHERE l.blob_id = b.id)
  AND NOT EXISTS (SELECT FROM repository_blobs l JOIN repositories r ON r.id = l.repository_id
                   WHERE l.blob_id = b.id AND r.upstream_id IS NULL)`;
const IS_EVICTABLE = `${IS_CACHED}
  AND NOT EXISTS (SELECT FROM repository_blobs l JOIN repositories r ON r.id = l.repository_id
                   WHERE l.blob_id = b.id AND r.is_pinned)`;

export async function countCachedBytes({ pool }: { pool: pg.Pool }): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    `SELECT coalesce(sum(b.size_bytes), 0) AS bytes FROM blobs b WHERE ${IS_CACHED}`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** Lists evictable blobs, least recently used first. */
export async function listLeastUsed(
  { pool }: { pool: pg.Pool },
  limit: number,
): Promise<{ id: string; sizeBytes: number }[]> {
  const { rows } = await pool.query<{ id: string; size_bytes: string }>(
    `SELECT b.id, b.size_bytes FROM blobs b WHERE ${IS_EVICTABLE} ORDER BY b.last_used_at, b.id LIMIT $1`,
    [limit],
  );
  return rows.map((row) => ({ id: row.id, sizeBytes: Number(row.size_bytes) }));
}

/** Locks a blob's row, and returns its digest if it is evictable then. */
export async function lockEvictable(tx: pg.ClientBase, id: string): Promise<string | null> {
  await tx.query('SELECT FROM blobs WHERE id = $1 FOR UPDATE', [id]);
  const text = `SELECT b.sha256 FROM blobs b WHERE b.id = $1 AND ${IS_EVICTABLE}`;
  const { rows } = await tx.query<{ sha256: string }>(text, [id]);
  return rows[0]?.sha256 ?? null;
}

export async function deleteBlobRows(tx: pg.ClientBase, id: string): Promise<void> {
  await tx.query('DELETE FROM repository_blobs WHERE blob_id = $1', [id]);
  await tx.query('DELETE FROM blobs WHERE id = $1', [id]);
}
