import { recordAudit } from '#lib/audit/record-audit.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from './find-repository.ts';

/** Takes a blob out of one repository. Its bytes stay for others, and until garbage collection finds nobody needs them. */
export async function unlinkBlob(
  app: { db: Db },
  { caller, repository, digest }: { caller: Caller; repository: FoundRepository; digest: Digest },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const { count } = await tx.repositoryBlob.deleteMany({ where: { repositoryId: repository.id, digest } });
    if (count === 0) throw new AppError('blob_not_found', 'The repository has no such blob.');
    const target = `${repository.fullName}@${digest}`;
    await recordAudit(tx, { caller, registryId: repository.registryId, action: 'blob.delete', target });
  });
}
