import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { requirePublicRepository } from './find-public.ts';
import { limitChanges } from './limit-changes.ts';

const MIN_ACCOUNT_AGE_MS = 86_400_000;

/**
 * Stars a public repository. Starring it again changes nothing.
 * @throws AppError `repository_not_found`, `rate_limited`, `forbidden` for new accounts and unproven addresses
 */
export async function starRepository(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:Star' });
  const { repositoryId, name } = await requirePublicRepository(app, fullName);
  const { userId } = caller.principal;
  await requireSettledAccount(app, userId);
  await limitChanges(app, caller);
  await app.db.$transaction(async (tx) => {
    const { count } = await tx.star.createMany({ data: [{ repositoryId, userId }], skipDuplicates: true });
    if (count > 0) await recordChange(tx, { caller, type: 'repository.star', resource: { repositoryId, name } });
  });
}

/** Makes it expensive to inflate counts. */
async function requireSettledAccount(app: { db: DbOrTx }, userId: string): Promise<void> {
  const user = await app.db.user.findUniqueOrThrow({
    where: { id: userId },
    select: { createdAt: true, emailProvenAt: true },
  });
  if (!user.emailProvenAt) {
    throw new AppError('forbidden', 'Confirm your email address to star repositories. Your account page shows how.');
  }
  if (user.createdAt.getTime() > Date.now() - MIN_ACCOUNT_AGE_MS) {
    throw new AppError('forbidden', 'Your account must be a day old to star.');
  }
}
