import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from './find-repository.ts';

/**
 * Locks a repository and increments its version. Every change of its settings or content starts here, so that changes are
 * serialized, later statements see earlier changes, and tags and edges can't deadlock. Pushes do the same
 * (images/record-manifest.ts).
 * @throws AppError `repository_not_found` if it was transferred or deleted since it was found
 */
export async function lockRepository(
  tx: DbOrTx,
  repository: Pick<FoundRepository, 'id' | 'registryKey' | 'fullName'>,
): Promise<void> {
  if (await tryLockRepository(tx, repository)) return;
  throw new AppError('repository_not_found', `${repository.fullName} was moved or deleted.`);
}

/** Does the same, and returns whether the registry still has the repository. */
export async function tryLockRepository(
  tx: DbOrTx,
  { id, registryKey }: Pick<FoundRepository, 'id' | 'registryKey'>,
): Promise<boolean> {
  const data = { version: { increment: 1 } };
  return (await tx.repository.updateMany({ where: { id, registryKey }, data })).count > 0;
}
