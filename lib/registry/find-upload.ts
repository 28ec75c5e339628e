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
export async function findUpload(app: { pool: pg.Pool; blobs: BlobStore }, key: UploadKey): Promise<FoundUpload> {
  const { caller, repository, uploadId: id } = key;
  const { userId } = caller.actor;
  const isTheirs = isUploadId(id) && (await hasUpload(app, { id, repositoryId: repository.id, userId }));
  const offsetBytes = isTheirs ? await app.blobs.stagedBytes(id) : null;
  if (offsetBytes === null) throw new AppError('upload_not_found', 'There is no such upload, or it has expired.');
  return { offsetBytes };
}
