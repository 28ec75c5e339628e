import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import { removeUpload } from './upload-rows.sql.ts';

/** Forgets an upload, bytes first: a row that stays behind is found again by its expiry. */
export async function cancelUpload(
  app: { pool: pg.Pool; intake: Intake },
  { uploadId, stagedId }: { uploadId: string; stagedId: string },
): Promise<void> {
  await app.intake.discard(stagedId);
  await removeUpload(app, uploadId);
}
