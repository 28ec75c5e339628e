import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import type { OpenUpload } from './find-upload.ts';
import type { UploadIds } from './ids/upload-ids.ts';
import { removeUpload } from './upload-rows.sql.ts';

/** Deletes an upload, bytes first. A row left behind by a failure is found again when it expires. */
export async function cancelUpload(
  app: { pool: pg.Pool; intake: Intake; uploadIds: UploadIds },
  { uploadId, stagedId }: Pick<OpenUpload, 'uploadId' | 'stagedId'>,
): Promise<void> {
  app.uploadIds.end(uploadId);
  if (stagedId === null) return;
  await app.intake.discard(stagedId);
  await removeUpload(app, uploadId);
}
