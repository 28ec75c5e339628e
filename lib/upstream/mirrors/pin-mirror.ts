import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { findOwnMirror } from './find-own-mirror.ts';

/** Exempts a mirror from eviction, or ends that. @throws AppError `repository_not_found`, `forbidden` */
export async function pinMirror(
  app: { db: Db },
  { caller, fullName, isPinned }: { caller: UserCaller; fullName: string; isPinned: boolean },
): Promise<void> {
  const mirror = await findOwnMirror(app, { caller, fullName });
  const { id, registryKey } = mirror;
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, mirror);
    await tx.repository.update({ where: { id }, data: { isPinned }, select: { id: true } });
    const action = isPinned ? 'repository.pin' : 'repository.unpin';
    await recordChange(tx, { caller, registryKey, type: action, resource: { repositoryId: id, name: fullName } });
  });
}
