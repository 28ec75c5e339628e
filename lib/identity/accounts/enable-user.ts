import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Caller } from '#lib/access/schema.ts';
import { getUser } from './store.ts';

/** Enables a user again. Revoked sessions, tokens and invitations stay revoked. @throws AppError `forbidden`, `not_found` */
export async function enableUser(
  app: { db: Db },
  { caller, userId }: { caller: Caller; userId: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageUsers' });
  await app.db.$transaction(async (tx) => {
    const user = await getUser(tx, userId);
    if (!user.disabledAt) return;
    await tx.user.update({ where: { id: userId }, data: { disabledAt: null } });
    await recordChange(tx, { caller, type: 'user.enable', resource: { name: user.email } });
  });
}
