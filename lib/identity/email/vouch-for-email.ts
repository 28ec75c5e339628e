import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Caller } from '#lib/access/schema.ts';
import { getUser } from '#lib/identity/accounts/store.ts';

export type VouchForEmailInput = {
  caller: Caller;
  userId: string;
  /** The address shown to the admin. The call fails if it has changed since. */
  email: string;
};

/** Marks an account's address as proven on an admin's behalf. @throws AppError `forbidden`, `not_found`, `conflict` */
export async function vouchForEmail(app: { db: Db }, { caller, userId, email }: VouchForEmailInput): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageUsers' });
  await app.db.$transaction(async (tx) => {
    const user = await getUser(tx, userId);
    if (user.email === email && user.emailProvenAt) return;
    const { count } = await tx.user.updateMany({ where: { id: userId, email }, data: { emailProvenAt: new Date() } });
    if (count === 0)
      throw new AppError('conflict', `This account's address has changed to ${user.email}. Check it and try again.`);
    await recordChange(tx, { caller, type: 'user.vouch-email', resource: { name: email } });
  });
}
