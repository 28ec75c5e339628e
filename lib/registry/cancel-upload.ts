import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { requireUpload, type UploadKey } from './find-upload.ts';
import { removeUpload } from './upload-rows.ts';

export async function cancelUpload(app: { pool: pg.Pool; blobs: BlobStore }, key: UploadKey): Promise<void> {
  await requireUpload(app, key);
  await app.blobs.discard(key.uploadId);
  await removeUpload(app, key.uploadId);
}
