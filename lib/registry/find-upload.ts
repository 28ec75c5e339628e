import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { FoundRepository } from '#lib/catalog/find-repository.ts';
import { AppError } from '#lib/platform/errors.ts';

/** An upload that goes on, and who may use it: the user who began it, in the repository it was begun for. */
export type OpenUpload = { caller: Caller; repository: FoundRepository; uploadId: string };

export type FoundUpload = { offsetBytes: number };

/**
 * @param uploadTarget as authorizeWrite found it, for this user
 * @throws AppError `upload_not_found`, also for somebody else's, another repository's, and an expired one
 */
export function requireUpload(upload: OpenUpload, uploadTarget: bigint | null): OpenUpload {
  if (uploadTarget !== upload.repository.id) throw uploadNotFound();
  return upload;
}

/** How far it has come. @throws AppError `upload_not_found` when its bytes are gone */
export async function findUpload(app: { blobs: BlobStore }, { uploadId }: OpenUpload): Promise<FoundUpload> {
  const offsetBytes = await app.blobs.stagedBytes(uploadId);
  if (offsetBytes === null) throw uploadNotFound();
  return { offsetBytes };
}

function uploadNotFound(): AppError {
  return new AppError('upload_not_found', 'There is no such upload, or it has expired.');
}
