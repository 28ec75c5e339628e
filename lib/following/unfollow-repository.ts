import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findAnyRepository } from './find-public.ts';
import { limitChanges } from './limit-changes.ts';

/** Unfollows a repository. If the caller doesn't follow it, nothing changes. @throws AppError `rate_limited` */
export async function unfollowRepository(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:Follow' });
  await limitChanges(app, caller);
  const found = await findAnyRepository(app, fullName);
  if (!found) return;
  const { repositoryId } = found;
  await app.db.$transaction(async (tx) => {
    const { count } = await tx.repositoryFollow.deleteMany({
      where: { repositoryId, userId: caller.principal.userId },
    });
    if (count > 0) await recordChange(tx, { caller, type: 'repository.unfollow', resource: found });
  });
}
