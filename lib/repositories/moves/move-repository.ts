import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';

type Move = {
  repository: Pick<FoundRepository, 'id' | 'registryKey' | 'name' | 'fullName'>;
  to: { registryKey: bigint; alias: string; name: string };
};

/**
 * Gives a repository another name or registry and leaves the former name behind. A trigger ends the redirect that the
 * new name may have been (migration moves), and another one makes every process forget what it cached.
 * @throws AppError `name_taken`, `repository_not_found` if it moved or was deleted meanwhile
 */
export async function moveRepository(tx: DbOrTx, { repository, to }: Move): Promise<void> {
  const { id, registryKey, name, fullName } = repository;
  const { registryKey: toKey, name: toName } = to;
  const where = { id, registryKey, name };
  const data = { registryKey: toKey, name: toName, version: { increment: 1 } };
  await tx.repository.update({ where, data, select: { id: true } }).catch((cause: unknown) => {
    const code = errorCode(cause);
    if (code === 'P2025') throw new AppError('repository_not_found', `${fullName} was moved or deleted.`, { cause });
    if (code !== 'P2002') throw cause;
    const message = `${to.alias}/${toName} already exists.`;
    throw new AppError('name_taken', message, { cause, detail: { fieldErrors: { name: message } } });
  });
  await tx.formerName.create({ data: { registryKey, name, repositoryId: id } });
  // Deleted tags and manifests are restored into the repository wherever it is.
  await tx.deletion.updateMany({ where: { repositoryId: id }, data: { registryKey: toKey, name: toName } });
}
