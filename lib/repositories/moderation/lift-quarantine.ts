import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { findModerated } from './moderation-store.ts';

/** @throws AppError `forbidden`, `repository_not_found`, `conflict` unless it is quarantined */
export async function liftQuarantine(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  const repository = await findModerated(app, caller, fullName);
  const { id, registryKey, quarantineReason } = repository;
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const { count } = await tx.repository.updateMany({
      where: { id, quarantinedAt: { not: null } },
      data: { quarantinedAt: null, quarantineReason: null },
    });
    if (count === 0)
      throw new AppError('conflict', `${fullName} isn't quarantined. Reload the page to see its current state.`);
    await recordChange(tx, {
      type: 'repository.lift-quarantine',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before: { reason: quarantineReason },
    });
  });
}
