import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';
import { toUserPrincipal } from './store.ts';

/**
 * The user as the operator acts for them: with all that their account may do.
 * @throws AppError `conflict` where nobody has proven the address: what was made for its owner would be somebody else's
 */
export async function findUserByEmail(app: { db: Db }, { email }: { email: string }): Promise<UserPrincipal | null> {
  const user = await app.db.user.findFirst({ where: { email, disabledAt: null } });
  if (user && !user.emailProvenAt) {
    const message = `Whoever signed up as ${email} hasn't confirmed that address. If it is theirs, run "user vouch" first.`;
    throw new AppError('conflict', message);
  }
  return user ? toUserPrincipal(user, null) : null;
}
