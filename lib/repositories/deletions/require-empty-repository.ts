import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';

/** @throws AppError `repository_not_empty` */
export async function requireEmptyRepository(
  tx: DbOrTx,
  { id, fullName }: Pick<FoundRepository, 'id' | 'fullName'>,
): Promise<void> {
  const manifest = await tx.manifest.findFirst({ where: { repositoryId: id }, select: { id: true } });
  if (manifest) throw new AppError('repository_not_empty', `${fullName} still contains images.`);
}
