import { authorize } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { findMoved } from './find-moved.ts';

/**
 * Ends the redirect of a former name: its pages and pulls fail from the next request on. The registry that the address
 * belongs to decides, whoever has the repository now.
 * @throws AppError `repository_not_found` unless it is a former name, `forbidden`
 */
export async function endRedirect(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  const { alias = '', name = '' } = splitFullName(fullName) ?? {};
  const owner = await app.db.alias.findUnique({ where: { name: alias }, select: { registryKey: true, status: true } });
  if (owner?.status !== 'active') throw notFormer(fullName);
  const { registryKey } = owner;
  await authorize(app, { ...caller, action: 'vitrine:RenameRepository', registryKey, facts: { fullName } });
  await app.db.$transaction(async (tx) => {
    const moved = await findMoved({ db: tx }, fullName);
    const { count } = await tx.formerName.deleteMany({ where: { registryKey, name } });
    if (!moved || count === 0) throw notFormer(fullName);
    await recordChange(tx, {
      type: 'repository.end-redirect',
      caller,
      registryKey,
      resource: { repositoryId: moved.id, name: fullName },
      before: { repository: moved.movedTo ?? '' },
    });
  });
}

function notFormer(fullName: string): AppError {
  return new AppError('repository_not_found', `${fullName} isn't a former name. Its redirect may have ended already.`);
}
