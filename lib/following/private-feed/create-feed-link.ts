import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { limitChanges } from '#lib/following/limit-changes.ts';

/**
 * Creates a URL for the caller's private feed. The previous one stops working.
 * @throws AppError `rate_limited`
 */
export async function createFeedLink(app: { db: Db }, { caller }: { caller: UserCaller }): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  const { userId, email } = caller.principal;
  await limitChanges(app, caller);
  await app.db.$transaction(async (tx) => {
    await tx.feedLink.deleteMany({ where: { userId } });
    // Of two requests at once, the second adds none. Both then show the same URL.
    const { count } = await tx.feedLink.createMany({ data: [{ userId }], skipDuplicates: true });
    if (count > 0) await recordChange(tx, { caller, type: 'user.create-feed-link', resource: { name: email } });
  });
}
