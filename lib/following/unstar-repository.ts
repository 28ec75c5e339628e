import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findAnyRepository } from './find-public.ts';
import { limitChanges } from './limit-changes.ts';

/** Removes the caller's star. Without one, or without such a repository, it changes nothing. @throws AppError `rate_limited` */
export async function unstarRepository(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:Star' });
  await limitChanges(app, caller);
  const found = await findAnyRepository(app, fullName);
  if (!found) return;
  const { repositoryId } = found;
  await app.db.$transaction(async (tx) => {
    const { count } = await tx.star.deleteMany({ where: { repositoryId, userId: caller.principal.userId } });
    if (count > 0) await recordChange(tx, { caller, type: 'repository.unstar', resource: found });
  });
}
