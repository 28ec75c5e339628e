import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { parseLifecyclePolicy } from './parse-lifecycle-policy.ts';

/**
 * Sets the lifecycle policy of a repository. It first runs some minutes later (events/subscribers.ts), so that a mistake
 * can be corrected.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`
 */
export async function putLifecyclePolicy(
  app: { db: Db },
  { caller, fullName, text }: { caller: UserCaller; fullName: string; text: string },
): Promise<void> {
  const repository = await authorizeRepository(app, { caller, fullName, action: 'ecr:PutLifecyclePolicy' });
  const { rules } = parseLifecyclePolicy(text);
  if (repository.upstream && rules.some(({ action }) => action.type === 'transition')) {
    const message = `${fullName} is a mirror, whose images can expire but can't be archived.`;
    throw invalidField('policy', message);
  }
  const { id: repositoryId, registryKey } = repository;
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const before = await tx.lifecyclePolicy.findUnique({ where: { repositoryId }, select: { text: true } });
    if (before?.text === text) return;
    await tx.lifecyclePolicy.upsert({
      where: { repositoryId },
      create: { repositoryId, text },
      update: { text, updatedAt: new Date() },
      select: { repositoryId: true },
    });
    await recordChange(tx, {
      type: 'repository.set-lifecycle-policy',
      caller,
      registryKey,
      resource: { repositoryId, name: fullName },
      before: { lifecyclePolicy: before?.text ?? null },
      after: { lifecyclePolicy: text },
    });
  });
}
