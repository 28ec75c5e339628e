// Upload rows. Uses prepared statements, because every request of a push reads or writes a row.
import type pg from 'pg';
import type { StagedWriter } from '#lib/blobs/staging-area.ts';
import type { UploadLimits } from './ids/upload-slots.ts';

/** Counts from the last received bytes. */
const UPLOAD_TTL = "interval '1 day'";
/** Writers renew it three times as often. */
const LEASE = "interval '9 seconds'";
export const RENEW_LEASE_MS = 3000;

type App = { pool: pg.Pool };

/**
 * A request's exclusive right to write to an upload. `isTakenOver`: the previous writer didn't release it, and may
 * still write to the staged file.
 */
export type UploadLease = { uploadId: string; stagedId: string; fence: string; isTakenOver: boolean };

/** Converts a lease for the staging area. */
export function toWriter({ stagedId, fence }: UploadLease): StagedWriter {
  return { id: stagedId, fence: BigInt(fence) };
}

export type NewUpload = {
  id: string;
  repositoryId: bigint;
  userId: string;
  stagedId: string;
  fence: string;
  /** Received already. */
  offsetBytes: number;
  limits: UploadLimits;
  /** The request also sends bytes. */
  isLeased: boolean;
};

/** Counts in index order and stops at the limit. A full count would visit every upload that ended since the last vacuum. */
function hasRoom(column: string, value: string, limit: string): string {
  return `(${limit}::int = 0 OR (
    SELECT count(*) FROM (SELECT FROM uploads WHERE ${column} = ${value} AND expires_at > now() ORDER BY expires_at LIMIT ${limit}) AS open
  ) < ${limit})`;
}

const INSERT_UPLOAD = `
  WITH soon AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
  INSERT INTO uploads (id, repository_id, user_id, staged_id, fence, offset_bytes, expires_at, leased_until)
  SELECT $1::uuid, $2::bigint, $3::uuid, $4::uuid, $5::bigint, $6::bigint, now() + ${UPLOAD_TTL}, CASE WHEN $9 THEN now() + ${LEASE} END
    FROM soon
   WHERE ${hasRoom('user_id', '$3', '$7')} AND ${hasRoom('repository_id', '$2', '$8')}
     AND NOT EXISTS (SELECT FROM ended_uploads WHERE id = $1)
  ON CONFLICT DO NOTHING`;

/**
 * Inserts an upload. False: too many are open, or the id is taken or has ended. The limits are approximate, because
 * concurrent requests may each see room for one. The commit is asynchronous: a crash of the database within its next moments
 * loses the row, but nothing acknowledged, because keeping an upload and linking a blob commit synchronously.
 */
export async function insertUpload({ pool }: App, upload: NewUpload): Promise<boolean> {
  const { id, repositoryId, userId, stagedId, fence, offsetBytes, limits, isLeased } = upload;
  const values = [
    id,
    repositoryId,
    userId,
    stagedId,
    fence,
    offsetBytes,
    limits.perUser,
    limits.perRepository,
    isLeased,
  ];
  const { rowCount } = await pool.query({ name: 'insert-upload', text: INSERT_UPLOAD, values });
  return rowCount === 1;
}

export type UploadTarget = {
  repositoryId: bigint;
  /** The staged file. */
  stagedId: string;
  /** Null: not requested, or another request has it. */
  lease: UploadLease | null;
};

/** `closed`: it has ended or expired, or another user started it. Null: it has no row. */
export type FoundTarget = UploadTarget | 'closed' | null;

type Owned = { id: string; userId: string };
/** `fence` is null without a lease. Integers are text. */
export type UploadTargetRow = { is_closed: boolean; repository_id: string; staged_id: string; fence: string | null };

/** Returns a query for an UploadTargetRow, for use alone or in another statement. The arguments are parameters such as `$1`. */
export function uploadQuery(id: string, userId: string): string {
  return `
    SELECT e.id IS NOT NULL OR u.user_id <> ${userId} OR u.expires_at <= now() AS is_closed,
           u.repository_id, coalesce(u.staged_id, u.id) AS staged_id, NULL::bigint AS fence
      FROM (SELECT) AS asked LEFT JOIN uploads u ON u.id = ${id} LEFT JOIN ended_uploads e ON e.id = ${id}
     WHERE u.id IS NOT NULL OR e.id IS NOT NULL`;
}

/** Leases the upload if it is free. Otherwise it returns no row. */
export function leaseUploadQuery(id: string, userId: string): string {
  return `
    UPDATE uploads SET fence = fence + 1, leased_until = now() + ${LEASE}
     WHERE id = ${id} AND user_id = ${userId} AND expires_at > now() AND leased_until IS NULL
    RETURNING false AS is_closed, repository_id, coalesce(staged_id, id) AS staged_id, fence`;
}

export function toUploadTarget(id: string, row: UploadTargetRow): UploadTarget | 'closed' {
  const { is_closed: isClosed, repository_id: repositoryId, staged_id: stagedId, fence } = row;
  if (isClosed) return 'closed';
  const lease = fence === null ? null : { uploadId: id, stagedId, fence, isTakenOver: false };
  return { repositoryId: BigInt(repositoryId), stagedId, lease };
}

export async function findUploadTarget({ pool }: App, { id, userId }: Owned): Promise<FoundTarget> {
  const text = uploadQuery('$1', '$2');
  const { rows } = await pool.query<UploadTargetRow>({ name: 'find-upload-target', text, values: [id, userId] });
  return rows[0] ? toUploadTarget(id, rows[0]) : null;
}

/** Leases a free upload. Null: the user has no such upload, it has expired, or another request has it. */
export async function leaseUpload({ pool }: App, { id, userId }: Owned): Promise<UploadLease | null> {
  const text = leaseUploadQuery('$1', '$2');
  const { rows } = await pool.query<UploadTargetRow>({ name: 'lease-upload', text, values: [id, userId] });
  const target = rows[0] ? toUploadTarget(id, rows[0]) : null;
  return target === 'closed' ? null : (target?.lease ?? null);
}

export type UploadHolder = { fence: string; leasedUntil: Date | null; isExpired: boolean };

/** Reads an upload's current lease. Null: the upload is gone. */
export async function findUploadHolder({ pool }: App, uploadId: string): Promise<UploadHolder | null> {
  const { rows } = await pool.query<{ fence: string; leased_until: Date | null; is_expired: boolean }>(
    'SELECT fence, leased_until, coalesce(leased_until < now(), false) AS is_expired FROM uploads WHERE id = $1',
    [uploadId],
  );
  const [row] = rows;
  return row ? { fence: row.fence, leasedUntil: row.leased_until, isExpired: row.is_expired } : null;
}

/** Takes over an expired lease. Null: the writer renewed it, or another request was first. */
export async function takeExpiredLease({ pool }: App, uploadId: string, fence: string): Promise<UploadLease | null> {
  const { rows } = await pool.query<{ fence: string; staged_id: string }>(
    `UPDATE uploads SET fence = fence + 1, leased_until = now() + ${LEASE}
      WHERE id = $1 AND fence = $2 AND leased_until < now() RETURNING fence, coalesce(staged_id, id) AS staged_id`,
    [uploadId, fence],
  );
  return rows[0] ? { uploadId, stagedId: rows[0].staged_id, fence: rows[0].fence, isTakenOver: true } : null;
}

/** Moves the upload to another staged file. False: the lease was lost. */
export async function restageUpload({ pool }: App, lease: UploadLease, stagedId: string): Promise<boolean> {
  const { rowCount } = await pool.query('UPDATE uploads SET staged_id = $3 WHERE id = $1 AND fence = $2', [
    lease.uploadId,
    lease.fence,
    stagedId,
  ]);
  return rowCount === 1;
}

/** Moves the upload from a staged file that is gone, with or without a lease. False: it has another staged file. */
export async function replaceStaged({ pool }: App, lease: UploadLease, stagedId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    'UPDATE uploads SET staged_id = $3 WHERE id = $1 AND coalesce(staged_id, id) = $2',
    [lease.uploadId, lease.stagedId, stagedId],
  );
  return rowCount === 1;
}

export async function renewLease({ pool }: App, { uploadId, fence }: UploadLease): Promise<void> {
  await pool.query({
    name: 'renew-upload-lease',
    text: `UPDATE uploads SET leased_until = now() + ${LEASE}, expires_at = now() + ${UPLOAD_TTL}
            WHERE id = $1 AND fence = $2 AND leased_until IS NOT NULL`,
    values: [uploadId, fence],
  });
}

/** Releases the lease. If a live writer may still use the file, the next request has to take over too. */
export async function releaseLease({ pool }: App, { uploadId, fence, isTakenOver }: UploadLease): Promise<void> {
  await pool.query(
    `UPDATE uploads SET leased_until = CASE WHEN $3 THEN now() - interval '1 second' END WHERE id = $1 AND fence = $2`,
    [uploadId, fence, isTakenOver],
  );
}

/**
 * Saves the upload's size and releases the lease. False: the lease was lost, or the upload is gone. Extends the upload only
 * when that matters, because a change of an indexed column costs an entry in each index.
 */
export async function keepUpload(
  { pool }: App,
  { lease, offsetBytes }: { lease: UploadLease; offsetBytes: number },
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'keep-upload',
    text: `UPDATE uploads SET offset_bytes = $3, leased_until = NULL,
                  expires_at = CASE WHEN expires_at < now() + ${UPLOAD_TTL} - interval '1 hour' THEN now() + ${UPLOAD_TTL} ELSE expires_at END
            WHERE id = $1 AND fence = $2`,
    values: [lease.uploadId, lease.fence, offsetBytes],
  });
  return rowCount === 1;
}

/** Removes an upload that has no bytes. Its id stays usable. */
export async function removeEmptyUpload({ pool }: App, id: string): Promise<void> {
  await pool.query({ name: 'remove-empty-upload', text: 'DELETE FROM uploads WHERE id = $1', values: [id] });
}

export async function removeUpload({ pool }: App, id: string): Promise<void> {
  await pool.query({ name: 'remove-upload', text: endUploadQuery('id = $1'), values: [id] });
}

/** Deletes the upload unless another request has taken it over. */
export async function removeLeasedUpload({ pool }: App, { uploadId, fence }: UploadLease): Promise<void> {
  await pool.query(endUploadQuery('id = $1 AND fence = $2'), [uploadId, fence]);
}

/** Deletes an upload, and remembers that its id has ended. Otherwise a late request would start it again. */
function endUploadQuery(condition: string): string {
  return `WITH ended AS (DELETE FROM uploads WHERE ${condition} RETURNING id)
          INSERT INTO ended_uploads (id) SELECT id FROM ended ON CONFLICT DO NOTHING`;
}

/** Forgets ended uploads whose ids have expired meanwhile. */
export async function forgetEndedUploads({ pool }: App): Promise<void> {
  await pool.query(`DELETE FROM ended_uploads WHERE ended_at < now() - ${UPLOAD_TTL} - interval '1 hour'`);
}
