import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Caller } from '#lib/access/schema.ts';
import { getUser } from '#lib/identity/accounts/store.ts';

export type VouchForEmailInput = {
  caller: Caller;
  userId: string;
  /** What the admin has seen: a change in between is not vouched for. */
  email: string;
};

/** An admin's word that an account's holder owns its address. @throws AppError `forbidden`, `not_found`, `conflict` */
export async function vouchForEmail(app: { db: Db }, { caller, userId, email }: VouchForEmailInput): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageUsers' });
  await app.db.$transaction(async (tx) => {
    const user = await getUser(tx, userId);
    if (user.email === email && user.emailProvenAt) return;
    const { count } = await tx.user.updateMany({ where: { id: userId, email }, data: { emailProvenAt: new Date() } });
    if (count === 0) throw new AppError('conflict', `The address of this account is ${user.email} now.`);
    await recordChange(tx, { caller, type: 'user.vouch-email', resource: { name: email } });
  });
}
