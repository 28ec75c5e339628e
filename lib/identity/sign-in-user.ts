import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { verifyPassword } from './password-hash.ts';
import { signInSchema, type SessionUser } from './schema.ts';
import { toSessionUser } from './store.ts';

const WRONG = 'That e-mail address and password do not belong together.';

/**
 * The same answer for an unknown address as for a wrong password, after the same work.
 * @throws AppError `unauthenticated`, or `forbidden` for a disabled account
 */
export async function signInUser(app: { db: Db }, input: { email: string; password: string }): Promise<SessionUser> {
  const parsed = signInSchema.safeParse(input);
  if (!parsed.success) throw new AppError('unauthenticated', WRONG);
  const { email, password } = parsed.data;
  const user = await app.db.user.findUnique({ where: { email } });
  const isRight = await verifyPassword(password, user?.passwordHash ?? null);
  if (!user || !isRight) throw new AppError('unauthenticated', WRONG);
  if (user.disabledAt) throw new AppError('forbidden', 'This account is disabled: ask the operator of this site.');
  await app.db.user.update({ where: { id: user.id }, data: { lastSignInAt: new Date() } });
  return toSessionUser(user);
}
