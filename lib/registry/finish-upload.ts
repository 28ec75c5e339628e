import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { linkBlob } from '#lib/catalog/link-blob.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Db } from '#lib/platform/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { cancelUpload } from './cancel-upload.ts';
import { findUpload, type UploadKey } from './find-upload.ts';

/**
 * Makes an upload a blob of its repository. The bytes are durable before the row that says so.
 * @throws AppError `digest_mismatch`, and then the upload is gone
 */
export async function finishUpload(
  app: { db: Db; blobs: BlobStore },
  { digest, ...key }: UploadKey & { digest: Digest },
): Promise<void> {
  await findUpload(app, key);
  try {
    const stored = await app.blobs.commit(key.uploadId, digest);
    await linkBlob(app, { repositoryId: key.repository.id, digest, stored });
  } catch (error) {
    if (isAppError(error) && error.code === 'digest_mismatch') await cancelUpload(app, key);
    throw error;
  }
  await app.db.upload.deleteMany({ where: { id: key.uploadId } });
}
