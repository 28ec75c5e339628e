// Ids and sizes are integers that pg reads as text.
import type pg from 'pg';

export type BlobPlace = { queuedAt: Date | '-infinity'; blobId: string };
export type DueBlob = { blob_id: string; queued_at: Date };
export type LockedBlob = { id: string; sha256: string; size_bytes: string };

/** Counts unlinked blobs that were queued before a time and have no recorded delete. */
export async function countUnrecorded(pool: pg.Pool, before: Date): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(
    `SELECT count(*) FROM blob_reviews q JOIN blobs b ON b.id = q.blob_id
      WHERE q.queued_at < $1 AND NOT q.is_recorded AND NOT EXISTS (SELECT FROM repository_blobs l WHERE l.blob_id = b.id)`,
    [before],
  );
  return Number(rows[0]?.count ?? 0);
}

export async function countBlobs(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM blobs');
  return Number(rows[0]?.count ?? 0);
}

/** Locks the next reviews that were queued before a time. Skips locked ones. */
export async function takeDueBlobs(
  tx: pg.ClientBase,
  { after, before, limit }: { after: BlobPlace; before: Date; limit: number },
): Promise<DueBlob[]> {
  const { rows } = await tx.query<DueBlob>(
    `SELECT blob_id, queued_at FROM blob_reviews WHERE queued_at < $1 AND (queued_at, blob_id) > ($2, $3)
      ORDER BY queued_at, blob_id LIMIT $4 FOR UPDATE SKIP LOCKED`,
    [before, after.queuedAt, after.blobId, limit],
  );
  return rows;
}

/** Locks blobs and returns them, except those that are already locked. */
export async function lockBlobs(tx: pg.ClientBase, ids: string[]): Promise<LockedBlob[]> {
  const text = 'SELECT id, sha256, size_bytes FROM blobs WHERE id = ANY ($1) FOR UPDATE SKIP LOCKED';
  return (await tx.query<LockedBlob>(text, [ids])).rows;
}

export async function listLinkedIds(tx: pg.ClientBase, ids: string[]): Promise<string[]> {
  const text = 'SELECT DISTINCT blob_id FROM repository_blobs WHERE blob_id = ANY ($1)';
  return (await tx.query<{ blob_id: string }>(text, [ids])).rows.map((row) => row.blob_id);
}

export async function deleteBlobs(tx: pg.ClientBase, ids: string[]): Promise<void> {
  await tx.query('DELETE FROM blobs WHERE id = ANY ($1)', [ids]);
}

/** Deletes the reviews of kept and missing blobs. */
export async function settleBlobReviews(
  tx: pg.ClientBase,
  { reviewedIds, keptIds }: { reviewedIds: string[]; keptIds: string[] },
): Promise<void> {
  await tx.query(
    `DELETE FROM blob_reviews q WHERE q.blob_id = ANY ($1)
        AND (q.blob_id = ANY ($2) OR NOT EXISTS (SELECT FROM blobs b WHERE b.id = q.blob_id))`,
    [reviewedIds, keptIds],
  );
}

export async function requeueBlobs(tx: pg.ClientBase, ids: string[]): Promise<void> {
  await tx.query('UPDATE blob_reviews SET queued_at = now() WHERE blob_id = ANY ($1)', [ids]);
}
