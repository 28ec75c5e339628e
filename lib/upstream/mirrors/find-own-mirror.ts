import { authorize } from '#lib/access/authorize.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { isMirrored, type MirroredRepository } from './mirrored-repository.ts';

/** @throws AppError `repository_not_found`, also for what is no mirror; `forbidden`, `quarantined` */
export async function findOwnMirror(
  app: { db: DbOrTx },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<MirroredRepository> {
  const repository = await findRepository(app, fullName);
  if (!repository || !isMirrored(repository)) {
    throw new AppError('repository_not_found', `There is no mirror ${fullName}.`);
  }
  await authorize(app, {
    ...caller,
    action: 'vitrine:ManageMirrors',
    registryKey: repository.registryKey,
  });
  // What an admin looks into must neither change nor vanish meanwhile.
  refuseQuarantined(repository);
  return repository;
}
