import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import { isAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { keepUpload, removeLeasedUpload, type UploadLease } from './upload-rows.sql.ts';

/** After these errors, the upload can't succeed. */
const HOPELESS: ErrorCode[] = ['digest_mismatch', 'too_large', 'quota_exceeded'];

/**
 * Discards an upload that can't succeed. If its body broke off, saves its size, which counts towards the registry's
 * quota.
 */
export async function endFailedWrite(
  app: { pool: pg.Pool; intake: Intake },
  lease: UploadLease,
  error: unknown,
): Promise<void> {
  if (!isAppError(error)) return;
  if (HOPELESS.includes(error.code)) {
    await app.intake.discard(lease.stagedId);
    return removeLeasedUpload(app, lease);
  }
  if (error.code !== 'upload_invalid') return;
  const offsetBytes = await app.intake.readSize(lease.stagedId);
  if (offsetBytes !== null) await keepUpload(app, { lease, offsetBytes });
}
