import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import { removeUpload } from './upload-rows.sql.ts';

/** Deletes an upload, bytes first. A row left behind by a failure is found again when it expires. */
export async function cancelUpload(
  app: { pool: pg.Pool; intake: Intake },
  { uploadId, stagedId }: { uploadId: string; stagedId: string },
): Promise<void> {
  await app.intake.discard(stagedId);
  await removeUpload(app, uploadId);
}
