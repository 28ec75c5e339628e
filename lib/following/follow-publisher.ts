import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findPublisher } from './find-public.ts';
import { requireRoomToFollow } from './follow-limit.ts';
import { limitChanges } from './limit-changes.ts';

/**
 * Follows a publisher by any alias. Following it again changes nothing.
 * @throws AppError `not_found`, `rate_limited`, `conflict` at the limit
 */
export async function followPublisher(
  app: { db: Db },
  { caller, alias }: { caller: UserCaller; alias: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:Follow' });
  const publisher = await findPublisher(app, alias);
  if (!publisher) throw new AppError('not_found', `Publisher ${JSON.stringify(alias)} doesn't exist.`);
  const { userId } = caller.principal;
  await requireRoomToFollow(app, userId);
  await limitChanges(app, caller);
  const { id: registryKey, registryId: name } = publisher;
  await app.db.$transaction(async (tx) => {
    const { count } = await tx.registryFollow.createMany({ data: [{ registryKey, userId }], skipDuplicates: true });
    if (count > 0) await recordChange(tx, { caller, type: 'registry.follow', resource: { name } });
  });
}
