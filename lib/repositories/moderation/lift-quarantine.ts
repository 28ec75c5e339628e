import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findModerated } from './moderation-store.ts';

/** @throws AppError `forbidden`, `repository_not_found`, `conflict` unless it is quarantined */
export async function liftQuarantine(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  const { id, registryKey, quarantineReason } = await findModerated(app, caller, fullName);
  await app.db.$transaction(async (tx) => {
    const { count } = await tx.repository.updateMany({
      where: { id, quarantinedAt: { not: null } },
      data: { quarantinedAt: null, quarantineReason: null, version: { increment: 1 } },
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
