import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { removeUpload } from './upload-rows.ts';

/** Forgets an upload, bytes first: a row that stays behind is found again by its expiry. */
export async function cancelUpload(
  app: { pool: pg.Pool; blobs: BlobStore },
  { uploadId, stagedId }: { uploadId: string; stagedId: string },
): Promise<void> {
  await app.blobs.discard(stagedId);
  await removeUpload(app, uploadId);
}
