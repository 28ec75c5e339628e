import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { lockLink } from './unlink-blob.sql.ts';
import { markRecordedDelete } from '#lib/repositories/deletions/mark-recorded-delete.sql.ts';

/**
 * Removes a blob from one repository. Other repositories keep it, and garbage collection deletes unused bytes.
 * @throws AppError `blob_not_found`, `unsupported` while a manifest of the repository needs it
 */
export async function unlinkBlob(
  app: { db: Db },
  { caller, repository, digest }: { caller: UserCaller; repository: FoundRepository; digest: Digest },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    // Locked first, so that a concurrent push of a manifest is either seen below or finds the blob gone.
    const where = { repositoryId: repository.id, digest };
    await lockLink(tx, where);
    const user = await tx.manifestBlob.findFirst({ where, select: { manifest: { select: { digest: true } } } });
    if (user)
      throw new AppError(
        'unsupported',
        `The manifest ${user.manifest.digest} needs this blob. Delete the manifest first.`,
      );
    await markRecordedDelete(tx);
    const { count } = await tx.repositoryBlob.deleteMany({ where });
    if (count === 0) throw new AppError('blob_not_found', "The repository doesn't have this blob.");
    await recordChange(tx, {
      type: 'blob.delete',
      caller,
      registryKey: repository.registryKey,
      resource: { repositoryId: repository.id, name: repository.fullName, digest },
    });
  });
}
