import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import { isAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { keepUpload, removeLeasedUpload, type UploadLease } from './upload-rows.sql.ts';

/** Whatever came next, it would not become what the client wants. */
const HOPELESS: ErrorCode[] = ['digest_mismatch', 'too_large', 'quota_exceeded'];

/** Ends an upload that there is no way on for. Of one that broke off, notes what has come: it counts for the registry's quota. */
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
