import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findPublisher } from './find-public.ts';
import { limitChanges } from './limit-changes.ts';

/** Unfollows a publisher. If the caller doesn't follow it, nothing changes. @throws AppError `rate_limited` */
export async function unfollowPublisher(
  app: { db: Db },
  { caller, alias }: { caller: UserCaller; alias: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:Follow' });
  await limitChanges(app, caller);
  const publisher = await findPublisher(app, alias);
  if (!publisher) return;
  const { id: registryKey, registryId: name } = publisher;
  await app.db.$transaction(async (tx) => {
    const { count } = await tx.registryFollow.deleteMany({ where: { registryKey, userId: caller.principal.userId } });
    if (count > 0) await recordChange(tx, { caller, type: 'registry.unfollow', resource: { name } });
  });
}
