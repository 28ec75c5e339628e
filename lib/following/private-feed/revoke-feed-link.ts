import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';

/** Ends the URL of the caller's private feed. Doing it again changes nothing. */
export async function revokeFeedLink(app: { db: Db }, { caller }: { caller: UserCaller }): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  const { userId, email } = caller.principal;
  await app.db.$transaction(async (tx) => {
    const { count } = await tx.feedLink.deleteMany({ where: { userId } });
    if (count > 0) await recordChange(tx, { caller, type: 'user.revoke-feed-link', resource: { name: email } });
  });
}
