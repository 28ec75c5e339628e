import { isAllowed } from '#lib/access/authorize.ts';
import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { findModerated } from '#lib/repositories/moderation/moderation-store.ts';
import { storePolicy } from './store-policy.ts';

/**
 * Removes a repository's policy, so that only roles decide. Admins can also remove one that has locked its registry out.
 * Returns the text of the removed policy.
 * @param editedRevision the revision that the caller means. Omit it to remove any
 * @throws AppError `not_found` if there is none; `conflict` if it has another revision; `repository_not_found`, `forbidden`, `quarantined`
 */
export async function deleteRepositoryPolicy(
  app: { db: Db; policies?: PolicyCache },
  {
    caller,
    fullName,
    editedRevision,
  }: { caller: Caller & AuditCaller; fullName: string; editedRevision?: number | undefined },
): Promise<string> {
  const isAdmin = isAllowed({ ...caller, action: 'vitrine:ModerateRepository' });
  const repository = isAdmin
    ? await findModerated(app, caller, fullName)
    : await authorizeRepository(app, { caller, fullName, action: 'ecr:DeleteRepositoryPolicy' });
  return app.db.$transaction(async (tx) => {
    const select = { policy: true } as const;
    const { policy } = await tx.repository.findUniqueOrThrow({ where: { id: repository.id }, select });
    if (policy === null) throw new AppError('not_found', `${fullName} has no policy.`);
    await storePolicy(tx, { caller, repository, policy: null, editedRevision });
    return policy;
  });
}
