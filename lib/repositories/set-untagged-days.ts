import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { authorizeRepository } from './authorize-repository.ts';
import { lockRepository } from './lock-repository.ts';
import { untaggedDaysSchema } from './schema.ts';

export type SetUntaggedDaysInput = {
  caller: UserCaller;
  fullName: string;
  /** Null keeps untagged manifests forever. */
  days: number | null;
};

/**
 * Sets how long untagged manifests are kept (distribution/garbage/delete-untagged.ts).
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`, `conflict` for a mirror
 */
export async function setUntaggedDays(
  app: { db: Db },
  { caller, fullName, ...input }: SetUntaggedDaysInput,
): Promise<void> {
  const days = parseField('days', untaggedDaysSchema, input.days);
  const repository = await authorizeRepository(app, { caller, fullName, action: 'ecr:PutLifecyclePolicy' });
  if (repository.upstream)
    throw new AppError('conflict', `${fullName} is a mirror, whose cache has its own eviction rules.`);
  const { id, registryKey } = repository;
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const before = await tx.repository.findUniqueOrThrow({ where: { id }, select: { untaggedDays: true } });
    if (before.untaggedDays === days) return;
    await tx.repository.update({ where: { id }, data: { untaggedDays: days }, select: { id: true } });
    await recordChange(tx, {
      type: 'repository.set-untagged-days',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before,
      after: { untaggedDays: days },
    });
  });
}
