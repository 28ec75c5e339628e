import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { findProtectedTags } from './find-lifecycle-policy.ts';
import { protectedTagsSchema } from './schema.ts';

/**
 * Sets the patterns of tags whose images no lifecycle policy touches.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`
 */
export async function setProtectedTags(
  app: { db: Db },
  { caller, fullName, ...input }: { caller: UserCaller; fullName: string; protectedTags: string[] },
): Promise<void> {
  const protectedTags = parseField('protectedTags', protectedTagsSchema, input.protectedTags);
  const repository = await authorizeRepository(app, { caller, fullName, action: 'ecr:PutLifecyclePolicy' });
  const { id, registryKey } = repository;
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const before = await findProtectedTags({ db: tx }, id);
    if (JSON.stringify(before) === JSON.stringify(protectedTags)) return;
    await tx.repository.update({ where: { id }, data: { protectedTags }, select: { id: true } });
    await recordChange(tx, {
      type: 'repository.set-protected-tags',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before: { protectedTags: before },
      after: { protectedTags },
    });
  });
}
