import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Db } from '#lib/platform/db.ts';
import { findUpload, type UploadKey } from './find-upload.ts';

export async function cancelUpload(app: { db: Db; blobs: BlobStore }, key: UploadKey): Promise<void> {
  await findUpload(app, key);
  await app.blobs.discard(key.uploadId);
  await app.db.upload.deleteMany({ where: { id: key.uploadId } });
}
