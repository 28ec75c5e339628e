import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import { isAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { keepUpload, removeLeasedUpload, type UploadLease } from './upload-rows.sql.ts';

/** After these errors, the upload can't succeed. */
const HOPELESS: ErrorCode[] = ['digest_mismatch', 'too_large', 'quota_exceeded'];

export function isHopeless(error: unknown): boolean {
  return isAppError(error) && HOPELESS.includes(error.code);
}

/** Whether the body broke off, so that the client can resume. */
export function isBrokenOff(error: unknown): boolean {
  return isAppError(error) && error.code === 'upload_invalid';
}

/**
 * Discards an upload that can't succeed. If its body broke off, saves its size, which counts towards the registry's
 * quota.
 */
export async function endFailedWrite(
  app: { pool: pg.Pool; intake: Intake },
  lease: UploadLease,
  error: unknown,
): Promise<void> {
  if (isHopeless(error)) {
    await app.intake.discard(lease.stagedId);
    return removeLeasedUpload(app, lease);
  }
  if (!isBrokenOff(error)) return;
  const offsetBytes = await app.intake.readSize(lease.stagedId);
  if (offsetBytes !== null) await keepUpload(app, { lease, offsetBytes });
}
