import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import type { StoredLifecyclePolicy } from './find-lifecycle-policy.ts';

/**
 * Removes the lifecycle policy of a repository, and returns it. A run in progress stops. Reports stay.
 * @throws AppError `not_found` if it has none; `repository_not_found`, `forbidden`, `quarantined`
 */
export async function deleteLifecyclePolicy(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<StoredLifecyclePolicy> {
  const repository = await authorizeRepository(app, { caller, fullName, action: 'ecr:DeleteLifecyclePolicy' });
  const { id: repositoryId, registryKey } = repository;
  return app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const select = { text: true, evaluatedAt: true } as const;
    const before = await tx.lifecyclePolicy.findUnique({ where: { repositoryId }, select });
    if (!before) throw new AppError('not_found', `${fullName} has no lifecycle policy.`);
    await tx.lifecyclePolicy.delete({ where: { repositoryId }, select: { repositoryId: true } });
    await recordChange(tx, {
      type: 'repository.set-lifecycle-policy',
      caller,
      registryKey,
      resource: { repositoryId, name: fullName },
      before: { lifecyclePolicy: before.text },
      after: { lifecyclePolicy: null },
    });
    return before;
  });
}
