import type { Intake } from '#lib/blobs/intake.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { RegistryQuota } from '#lib/publishers/registry-quota.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UploadLease, UploadTarget } from './upload-rows.sql.ts';

/** An upload that goes on, and who may use it: the user who began it, in the repository it was begun for. */
export type OpenUpload = {
  caller: UserCaller;
  repository: FoundRepository;
  quota: RegistryQuota;
  uploadId: string;
  stagedId: string;
  /** Of a request that writes to it; null: another one has it. */
  lease: UploadLease | null;
};

/**
 * @param target as authorizeWrite found it, for this user
 * @throws AppError `upload_not_found`, also for somebody else's, another repository's, and an expired one
 */
export function requireUpload(upload: Omit<OpenUpload, 'stagedId' | 'lease'>, target: UploadTarget | null): OpenUpload {
  if (target?.repositoryId !== upload.repository.id) throw uploadNotFound();
  return { ...upload, stagedId: target.stagedId, lease: target.lease };
}

/** How many bytes it holds. @throws AppError `upload_not_found` when they are gone */
export async function findOffset(app: { intake: Intake }, { stagedId }: OpenUpload): Promise<number> {
  const offsetBytes = await app.intake.readSize(stagedId);
  if (offsetBytes === null) throw uploadNotFound();
  return offsetBytes;
}

export function uploadNotFound(): AppError {
  return new AppError('upload_not_found', 'There is no such upload, or it has expired.');
}
