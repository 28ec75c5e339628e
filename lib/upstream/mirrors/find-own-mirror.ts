import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { isMirrored, type MirroredRepository } from './mirrored-repository.ts';

/** @throws AppError `repository_not_found` (also when it isn't a mirror), `forbidden`, `quarantined` */
export async function findOwnMirror(
  app: { db: DbOrTx },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<MirroredRepository> {
  const repository = await authorizeRepository(app, { caller, fullName, action: 'vitrine:ManageMirrors' });
  if (!isMirrored(repository)) throw new AppError('repository_not_found', `${fullName} isn't a mirror.`);
  return repository;
}
