import { isUploadId } from '#lib/blobs/paths.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { FoundRepository } from '#lib/catalog/find-repository.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';

/** Names an upload for those who may use it: the user who began it, in the repository it was begun for. */
export type UploadKey = { caller: Caller; repository: FoundRepository; uploadId: string };

export type FoundUpload = { offsetBytes: number };

/** @throws AppError `upload_not_found`, also for somebody else's, another repository's, and an expired one */
export async function findUpload(app: { db: Db; blobs: BlobStore }, key: UploadKey): Promise<FoundUpload> {
  const { caller, repository, uploadId: id } = key;
  const row = isUploadId(id)
    ? await app.db.upload.findFirst({
        where: { id, repositoryId: repository.id, userId: caller.actor.userId, expiresAt: { gt: new Date() } },
        select: { id: true },
      })
    : null;
  const offsetBytes = row && (await app.blobs.stagedBytes(id));
  if (offsetBytes === null) throw new AppError('upload_not_found', 'There is no such upload, or it has expired.');
  return { offsetBytes };
}
