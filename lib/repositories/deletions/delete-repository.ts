import { randomUUID } from 'node:crypto';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { deletedBy } from './holding-repository.ts';
import { requireEmptyRepository } from './require-empty-repository.ts';
import { DELETED_REGISTRY_ID } from '#lib/publishers/deleted-registry.ts';

export type DeleteRepositoryInput = {
  caller: UserCaller;
  fullName: string;
  /** Refuses to delete images. */
  mustBeEmpty?: boolean;
};

/**
 * Deletes a repository with its content, which frees its name immediately. It can be restored for a while.
 * @throws AppError `repository_not_found`, `repository_not_empty`, `forbidden`, `quarantined`, `conflict` for a mirror
 */
export async function deleteRepository(
  app: { db: Db },
  { caller, fullName, mustBeEmpty = false }: DeleteRepositoryInput,
): Promise<void> {
  const repository = await authorizeRepository(app, {
    caller,
    fullName,
    action: 'ecr:DeleteRepository',
    // A repository under investigation must not disappear.
    quarantineSentence: `${fullName} is quarantined. Only site admins can delete it.`,
  });
  if (repository.upstream) {
    throw new AppError('conflict', `${fullName} is a mirror. Removing the mirror also deletes the repository.`);
  }
  await app.db.$transaction(async (tx) => {
    await moveToHolding(tx, repository, { caller, reason: null });
    // Afterwards, because pushes that wait for the row fail now.
    if (mustBeEmpty) await requireEmptyRepository(tx, repository);
    await recordChange(tx, {
      type: 'repository.delete',
      caller,
      registryKey: repository.registryKey,
      resource: { repositoryId: repository.id, name: fullName },
    });
  });
}

/**
 * Hides a repository immediately. The recorded change removes it from search. With an admin's `reason`, only admins can
 * restore it.
 */
export async function moveToHolding(
  tx: DbOrTx,
  { id, registryKey, name, fullName, visibility }: FoundRepository,
  { caller, reason }: { caller: UserCaller; reason: string | null },
): Promise<void> {
  const data = { registryKey: DELETED_REGISTRY_ID, name: randomUUID(), visibility: 'private' } as const;
  await tx.repository.update({ where: { id, registryKey }, data, select: { id: true } }).catch((cause: unknown) => {
    if (errorCode(cause) !== 'P2025') throw cause;
    throw new AppError('repository_not_found', `${fullName} has been deleted.`, { cause });
  });
  const deletion = { registryKey, kind: 'repository', name, holdingId: id, visibility, reason } as const;
  await tx.deletion.create({ data: { ...deletion, isByAdmin: reason !== null, ...deletedBy(caller) } });
}
