import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { RegistryQuota } from '#lib/publishers/registry-quota.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UploadIds } from './ids/upload-ids.ts';
import { findUploadTarget, type FoundTarget, type UploadLease } from './upload-rows.sql.ts';

/** An open upload. Only the user who started it may continue it, in the same repository. */
export type OpenUpload = {
  caller: UserCaller;
  repository: FoundRepository;
  quota: RegistryQuota;
  uploadId: string;
  /** Null: it has neither bytes nor a row yet. */
  stagedId: string | null;
  /** Its row wasn't looked up, so it may have bytes although `stagedId` is null. */
  mayHaveBytes: boolean;
  /** Null: not requested, or another request has it. */
  lease: UploadLease | null;
};

type AskedUpload = Omit<OpenUpload, 'stagedId' | 'mayHaveBytes' | 'lease'>;

/**
 * Checks that the upload is open and belongs to the user and the repository.
 * @param found by authorizeWrite, for this user. Undefined: not looked up.
 * @throws AppError `upload_not_found`, also if it expired or belongs to another user or repository
 */
export async function requireUpload(
  app: { pool: pg.Pool; uploadIds: UploadIds },
  upload: AskedUpload,
  found: FoundTarget | undefined,
): Promise<OpenUpload> {
  const { uploadId: id, repository } = upload;
  const { userId } = upload.caller.principal;
  if (!found && app.uploadIds.isOpen(id, { repositoryId: repository.id, userId }))
    return { ...upload, stagedId: null, mayHaveBytes: found === undefined, lease: null };
  // Another request may have the lease, or an earlier version may have started the upload.
  const target = found ?? (await findUploadTarget(app, { id, userId }));
  if (!target || target === 'closed' || target.repositoryId !== repository.id) throw uploadNotFound();
  return { ...upload, stagedId: target.stagedId, mayHaveBytes: true, lease: target.lease };
}

/**
 * Returns the number of bytes received.
 * @throws AppError `upload_not_found` when the bytes are gone
 */
export async function findOffset(app: { intake: Intake }, { stagedId }: Pick<OpenUpload, 'stagedId'>): Promise<number> {
  if (stagedId === null) return 0;
  const offsetBytes = await app.intake.readSize(stagedId);
  if (offsetBytes === null) throw uploadNotFound();
  return offsetBytes;
}

export function uploadNotFound(): AppError {
  return new AppError('upload_not_found', "The upload doesn't exist or has expired.");
}
