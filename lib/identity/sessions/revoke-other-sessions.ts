import { requireAllowed } from '#lib/access/authorize.ts';
import { endSessions } from '#lib/identity/accounts/end-credentials.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { UserCaller } from '#lib/access/schema.ts';

/** Revokes all of the caller's sessions except the one of the request. Returns how many. @throws AppError `forbidden` */
export async function revokeOtherSessions(app: { db: Db }, { caller }: { caller: UserCaller }): Promise<number> {
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  const { userId, email, sessionId } = caller.principal;
  return app.db.$transaction(async (tx) => {
    const count = await endSessions(tx, userId, sessionId ?? null);
    if (count === 0) return 0;
    await recordChange(tx, { caller, type: 'session.revoke-others', resource: { name: email }, before: { count } });
    return count;
  });
}
