import type { Intake } from '#lib/blobs/intake.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { RegistryQuota } from '#lib/publishers/registry-quota.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UploadLease, UploadTarget } from './upload-rows.sql.ts';

/** An open upload. Only the user who started it may continue it, in the same repository. */
export type OpenUpload = {
  caller: UserCaller;
  repository: FoundRepository;
  quota: RegistryQuota;
  uploadId: string;
  stagedId: string;
  /** Null: not requested, or another request has it. */
  lease: UploadLease | null;
};

/**
 * Checks that the upload exists and belongs to the repository.
 * @param target found by authorizeWrite, for this user
 * @throws AppError `upload_not_found`, also if it expired or belongs to another user or repository
 */
export function requireUpload(upload: Omit<OpenUpload, 'stagedId' | 'lease'>, target: UploadTarget | null): OpenUpload {
  if (target?.repositoryId !== upload.repository.id) throw uploadNotFound();
  return { ...upload, stagedId: target.stagedId, lease: target.lease };
}

/**
 * Returns the number of bytes received.
 * @throws AppError `upload_not_found` when the bytes are gone
 */
export async function findOffset(app: { intake: Intake }, { stagedId }: OpenUpload): Promise<number> {
  const offsetBytes = await app.intake.readSize(stagedId);
  if (offsetBytes === null) throw uploadNotFound();
  return offsetBytes;
}

export function uploadNotFound(): AppError {
  return new AppError('upload_not_found', "The upload doesn't exist or has expired.");
}
