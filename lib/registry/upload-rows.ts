// The rows of uploads, by prepared statements: each request of a push reads or writes one.
import type pg from 'pg';

const UPLOAD_TTL_MS = 24 * 60 * 60 * 1000;

/** An upload lives for a day from the last bytes that came. */
export function uploadExpiry(): Date {
  return new Date(Date.now() + UPLOAD_TTL_MS);
}

type App = { pool: pg.Pool };

/** Whether the user has this upload, in this repository, and it has not expired. */
export async function hasUpload(
  { pool }: App,
  { id, repositoryId, userId }: { id: string; repositoryId: bigint; userId: string },
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'has-upload',
    text: 'SELECT FROM uploads WHERE id = $1 AND repository_id = $2 AND user_id = $3 AND expires_at > now()',
    values: [id, repositoryId, userId],
  });
  return rowCount === 1;
}

export async function keepUpload(
  { pool }: App,
  { id, offsetBytes }: { id: string; offsetBytes: number },
): Promise<void> {
  await pool.query({
    name: 'keep-upload',
    text: 'UPDATE uploads SET offset_bytes = $2, expires_at = $3 WHERE id = $1',
    values: [id, offsetBytes, uploadExpiry()],
  });
}

export async function removeUpload({ pool }: App, id: string): Promise<void> {
  await pool.query({ name: 'remove-upload', text: 'DELETE FROM uploads WHERE id = $1', values: [id] });
}
