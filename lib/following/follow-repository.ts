import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { requirePublicRepository } from './find-public.ts';
import { requireRoomToFollow } from './follow-limit.ts';
import { limitChanges } from './limit-changes.ts';

/**
 * Follows a public repository. Following it again changes nothing.
 * @throws AppError `repository_not_found`, `rate_limited`, `conflict` at the limit
 */
export async function followRepository(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:Follow' });
  const { repositoryId, name } = await requirePublicRepository(app, fullName);
  const { userId } = caller.principal;
  await requireRoomToFollow(app, userId);
  await limitChanges(app, caller);
  await app.db.$transaction(async (tx) => {
    const { count } = await tx.repositoryFollow.createMany({ data: [{ repositoryId, userId }], skipDuplicates: true });
    if (count > 0) await recordChange(tx, { caller, type: 'repository.follow', resource: { repositoryId, name } });
  });
}
