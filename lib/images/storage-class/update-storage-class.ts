import type { UserCaller } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { listParents } from '../delete-manifest.sql.ts';
import { changeStorageClass } from './change-storage-class.ts';

export type StorageClassInput = { caller: UserCaller; fullName: string; digest: string; isArchived: boolean };

/**
 * Archives an image, which closes it to pulls, or restores it at once. An archived image keeps its tags and its bytes.
 * @throws AppError `manifest_not_found`; `conflict` for a mirror; `unsupported` to archive what an index lists;
 * `repository_not_found`, `forbidden`, `quarantined`
 */
export async function updateStorageClass(app: { db: Db }, input: StorageClassInput): Promise<void> {
  const { caller, fullName, digest, isArchived } = input;
  const action = 'ecr:UpdateImageStorageClass';
  const repository = await authorizeRepository(app, { caller, fullName, action, images: [{ digest }] });
  if (repository.upstream) {
    throw new AppError(
      'conflict',
      `${fullName} is a mirror, whose images follow ${repository.upstream.name}. They can't be archived.`,
    );
  }
  const { id: repositoryId } = repository;
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const found = await tx.manifest.count({ where: { repositoryId, digest } });
    if (found === 0) throw new AppError('manifest_not_found', "The repository doesn't have this image.");
    const [parent] = isArchived ? await listParents(tx, { repositoryId, digest }) : [];
    if (parent !== undefined) {
      throw new AppError('unsupported', `The index ${parent} lists this image. Archive the index instead.`);
    }
    await changeStorageClass(tx, { caller, repository, digest, isArchived });
  });
}
