// Upload rows. Uses prepared statements, because every request of a push reads or writes a row.
import type pg from 'pg';
import type { StagedWriter } from '#lib/blobs/staging-area.ts';

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

/** Maximum numbers of open uploads. 0: unlimited. */
export type UploadLimits = { perUser: number; perRepository: number };

export type NewUpload = {
  id: string;
  repositoryId: bigint;
  userId: string;
  limits: UploadLimits;
  /** The request that starts it also sends bytes. */
  isLeased: boolean;
};

/** Names the setting that `insertUploadQuery` takes from a WITH clause. */
export const COMMIT_SOON = `soon AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))`;

/**
 * Returns a query that inserts an upload unless too many are open, and returns an UploadTargetRow. For use alone or in
 * another statement, below a WITH clause with COMMIT_SOON. The arguments are expressions such as `$1`.
 * @param source what to insert it for: a FROM item of one row at most
 */
export function insertUploadQuery(
  upload: Record<'id' | 'repositoryId' | 'userId' | 'perUser' | 'perRepository' | 'leasedUntil', string>,
  source: string,
): string {
  const { id, repositoryId, userId, perUser, perRepository, leasedUntil } = upload;
  // Counts in index order and stops at the limit. A full count would visit every upload that ended since the last vacuum.
  const hasRoom = (column: string, value: string, limit: string) => `(${limit}::int = 0 OR (
    SELECT count(*) FROM (SELECT FROM uploads WHERE ${column} = ${value} AND expires_at > now() ORDER BY expires_at LIMIT ${limit}) AS open
  ) < ${limit})`;
  return `
    INSERT INTO uploads (id, repository_id, user_id, expires_at, leased_until)
    SELECT ${id}::uuid, ${repositoryId}::bigint, ${userId}::uuid, now() + ${UPLOAD_TTL}, ${leasedUntil}
      FROM soon, ${source}
     WHERE ${hasRoom('user_id', userId, perUser)} AND ${hasRoom('repository_id', repositoryId, perRepository)}
    RETURNING repository_id, id AS staged_id, NULL::bigint AS fence`;
}

const INSERTED = { id: '$1', repositoryId: '$2', userId: '$3', perUser: '$4', perRepository: '$5' };
const INSERT_UPLOAD = `WITH ${COMMIT_SOON} ${insertUploadQuery(
  { ...INSERTED, leasedUntil: `CASE WHEN $6 THEN now() + ${LEASE} END` },
  '(SELECT) AS one',
)}`;

/**
 * Inserts an upload. False: too many are open. The limits are approximate, because concurrent requests may each see
 * room for one. The commit is asynchronous: a crash of the database within its next moments loses the upload, but no
 * blob, because linking a blob commits synchronously.
 */
export async function insertUpload({ pool }: App, upload: NewUpload): Promise<boolean> {
  const { id, repositoryId, userId, limits, isLeased } = upload;
  const values = [id, repositoryId, userId, limits.perUser, limits.perRepository, isLeased];
  const { rowCount } = await pool.query({ name: 'insert-upload', text: INSERT_UPLOAD, values });
  return rowCount === 1;
}

/** Returns the lease of an upload inserted with `isLeased`. */
export function firstLease(uploadId: string): UploadLease {
  return { uploadId, stagedId: uploadId, fence: '0', isTakenOver: false };
}

export type UploadTarget = {
  repositoryId: bigint;
  /** The staged file. */
  stagedId: string;
  /** Null: not requested, or another request has it. */
  lease: UploadLease | null;
};

type Owned = { id: string; userId: string };
/** `fence` is null without a lease. Integers are text. */
export type UploadTargetRow = { repository_id: string; staged_id: string; fence: string | null };

/** Returns a query for an UploadTargetRow, for use alone or in another statement. The arguments are parameters such as `$1`. */
export function uploadQuery(id: string, userId: string): string {
  return `
    SELECT repository_id, coalesce(staged_id, id) AS staged_id, NULL::bigint AS fence FROM uploads
     WHERE id = ${id} AND user_id = ${userId} AND expires_at > now()`;
}

/** Leases the upload if it is free. Otherwise it returns no row. */
export function leaseUploadQuery(id: string, userId: string): string {
  return `
    UPDATE uploads SET fence = fence + 1, leased_until = now() + ${LEASE}
     WHERE id = ${id} AND user_id = ${userId} AND expires_at > now() AND leased_until IS NULL
    RETURNING repository_id, coalesce(staged_id, id) AS staged_id, fence`;
}

export function toUploadTarget(id: string, row: UploadTargetRow): UploadTarget {
  const { repository_id: repositoryId, staged_id: stagedId, fence } = row;
  const lease = fence === null ? null : { uploadId: id, stagedId, fence, isTakenOver: false };
  return { repositoryId: BigInt(repositoryId), stagedId, lease };
}

/** Null: the user has no such upload, or it has expired. */
export async function findUploadTarget({ pool }: App, { id, userId }: Owned): Promise<UploadTarget | null> {
  const text = uploadQuery('$1', '$2');
  const { rows } = await pool.query<UploadTargetRow>({ name: 'find-upload-target', text, values: [id, userId] });
  return rows[0] ? toUploadTarget(id, rows[0]) : null;
}

/** Leases a free upload. Null: the user has no such upload, it has expired, or another request has it. */
export async function leaseUpload({ pool }: App, { id, userId }: Owned): Promise<UploadLease | null> {
  const text = leaseUploadQuery('$1', '$2');
  const { rows } = await pool.query<UploadTargetRow>({ name: 'lease-upload', text, values: [id, userId] });
  return rows[0] ? toUploadTarget(id, rows[0]).lease : null;
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

/** Saves the upload's size and releases the lease. False: the lease was lost, or the upload is gone. */
export async function keepUpload(
  { pool }: App,
  { lease, offsetBytes }: { lease: UploadLease; offsetBytes: number },
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'keep-upload',
    text: `UPDATE uploads SET offset_bytes = $3, expires_at = now() + ${UPLOAD_TTL}, leased_until = NULL
            WHERE id = $1 AND fence = $2`,
    values: [lease.uploadId, lease.fence, offsetBytes],
  });
  return rowCount === 1;
}

export async function removeUpload({ pool }: App, id: string): Promise<void> {
  await pool.query({ name: 'remove-upload', text: 'DELETE FROM uploads WHERE id = $1', values: [id] });
}

/** Deletes the upload unless another request has taken it over. */
export async function removeLeasedUpload({ pool }: App, { uploadId, fence }: UploadLease): Promise<void> {
  await pool.query('DELETE FROM uploads WHERE id = $1 AND fence = $2', [uploadId, fence]);
}
