// The rows of uploads, by prepared statements: each request of a push reads or writes one.
import type pg from 'pg';

/** An upload lives for a day from the last bytes that came. */
const UPLOAD_TTL = "interval '1 day'";

type App = { pool: pg.Pool };

// Counted no further than it matters, in the order of an index: to count all of them looks at each that ended since the last vacuum.
const INSERT_UPLOAD = `
  INSERT INTO uploads (id, repository_id, user_id, expires_at)
  SELECT $1::uuid, $2::bigint, $3::uuid, now() + ${UPLOAD_TTL}
   WHERE ($4::int = 0 OR (
           SELECT count(*) FROM (SELECT FROM uploads WHERE user_id = $3 AND expires_at > now() ORDER BY expires_at LIMIT $4) AS open
         ) < $4)
     AND ($5::int = 0 OR (
           SELECT count(*) FROM (SELECT FROM uploads WHERE repository_id = $2 AND expires_at > now() ORDER BY expires_at LIMIT $5) AS open
         ) < $5)`;

export type NewUpload = {
  id: string;
  repositoryId: bigint;
  userId: string;
  /** As many may be open; 0: any number. */
  limits: { perUser: number; perRepository: number };
};

/**
 * False: there are too many. Counts and inserts in one statement; requests at the same time may each see room for one: a bound,
 * not a ledger.
 */
export async function insertUpload({ pool }: App, { id, repositoryId, userId, limits }: NewUpload): Promise<boolean> {
  const values = [id, repositoryId, userId, limits.perUser, limits.perRepository];
  const { rowCount } = await pool.query({ name: 'insert-upload', text: INSERT_UPLOAD, values });
  return rowCount === 1;
}

/** The repository that an upload of the user is for; null when they have no such upload, or it has expired. */
export async function findUploadTarget(
  { pool }: { pool: Pick<pg.Pool, 'query'> },
  { id, userId }: { id: string; userId: string | null },
): Promise<bigint | null> {
  const { rows } = await pool.query<{ repository_id: string }>({
    name: 'find-upload-target',
    text: 'SELECT repository_id FROM uploads WHERE id = $1 AND user_id = $2 AND expires_at > now()',
    values: [id, userId],
  });
  return rows[0] ? BigInt(rows[0].repository_id) : null;
}

export async function keepUpload(
  { pool }: App,
  { id, offsetBytes }: { id: string; offsetBytes: number },
): Promise<void> {
  await pool.query({
    name: 'keep-upload',
    text: `UPDATE uploads SET offset_bytes = $2, expires_at = now() + ${UPLOAD_TTL} WHERE id = $1`,
    values: [id, offsetBytes],
  });
}

export async function removeUpload({ pool }: App, id: string): Promise<void> {
  await pool.query({ name: 'remove-upload', text: 'DELETE FROM uploads WHERE id = $1', values: [id] });
}
