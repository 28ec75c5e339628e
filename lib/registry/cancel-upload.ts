import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { OpenUpload } from './find-upload.ts';
import { removeUpload } from './upload-rows.ts';

export async function cancelUpload(app: { pool: pg.Pool; blobs: BlobStore }, { uploadId }: OpenUpload): Promise<void> {
  await app.blobs.discard(uploadId);
  await removeUpload(app, uploadId);
}
