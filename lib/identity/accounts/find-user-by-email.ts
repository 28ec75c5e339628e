import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';
import { IS_PERSON } from './people.ts';
import { toUserPrincipal } from './store.ts';

/**
 * Finds a user to act for on the command line, with all of the account's permissions.
 * @throws AppError `conflict` if the address is unproven, because the account may belong to someone else
 */
export async function findUserByEmail(app: { db: Db }, { email }: { email: string }): Promise<UserPrincipal | null> {
  const user = await app.db.user.findFirst({ where: { email, disabledAt: null, ...IS_PERSON } });
  if (user && !user.emailProvenAt) {
    const message = `The user who signed up as ${email} hasn't confirmed that address. If it is theirs, run "user vouch" first.`;
    throw new AppError('conflict', message);
  }
  return user ? toUserPrincipal(user, null) : null;
}
