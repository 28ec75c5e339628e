import type pg from 'pg';
import { isUploadId } from '#lib/blobs/paths.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { FoundRepository } from '#lib/catalog/find-repository.ts';
import { AppError } from '#lib/platform/errors.ts';
import { hasUpload } from './upload-rows.ts';

/** Names an upload for those who may use it: the user who began it, in the repository it was begun for. */
export type UploadKey = { caller: Caller; repository: FoundRepository; uploadId: string };

export type FoundUpload = { offsetBytes: number };

/** @throws AppError `upload_not_found`, also for somebody else's, another repository's, and an expired one */
export async function requireUpload(app: { pool: pg.Pool }, key: UploadKey): Promise<void> {
  const { caller, repository, uploadId: id } = key;
  const { userId } = caller.actor;
  if (isUploadId(id) && (await hasUpload(app, { id, repositoryId: repository.id, userId }))) return;
  throw uploadNotFound();
}

/** The same, and how far it has come. */
export async function findUpload(app: { pool: pg.Pool; blobs: BlobStore }, key: UploadKey): Promise<FoundUpload> {
  await requireUpload(app, key);
  const offsetBytes = await app.blobs.stagedBytes(key.uploadId);
  if (offsetBytes === null) throw uploadNotFound();
  return { offsetBytes };
}

function uploadNotFound(): AppError {
  return new AppError('upload_not_found', 'There is no such upload, or it has expired.');
}
