import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { countSignInAttempt, forgetSignInFailures } from './limit-sign-in.ts';
import { credentialMark } from '#lib/identity/accounts/lock-account.ts';
import { recordFailedSignIn, type NotingApp } from './record-failed-sign-in.ts';
import { verifyPassword } from '#lib/identity/accounts/password-hash.ts';
import { signInSchema, type SessionUser } from '#lib/identity/schema.ts';
import { toSessionUser } from '#lib/identity/accounts/store.ts';

const WRONG = 'Incorrect email address or password.';

export type SignInInput = { email: string; password: string; address: string | null; userAgent?: string | null };

/**
 * Signs in with a password. An unknown address and a wrong password have the same response, timing and rate limit.
 * @throws AppError `unauthenticated`, `rate_limited`, or `forbidden` for a disabled account
 */
export async function signInUser(app: { db: Db } & NotingApp, input: SignInInput): Promise<SessionUser> {
  return recordFailedSignIn(app, { ...input, method: 'password' }, () => checkPassword(app, input));
}

async function checkPassword(app: { db: Db }, input: SignInInput): Promise<SessionUser> {
  const parsed = signInSchema.safeParse(input);
  if (!parsed.success) throw new AppError('unauthenticated', WRONG);
  const { email, password } = parsed.data;
  const attempt = { email, address: input.address };
  await countSignInAttempt(app, attempt);
  const user = await app.db.user.findUnique({ where: { email } });
  const isRight = await verifyPassword(password, user?.passwordHash ?? null);
  if (!user || !isRight) throw new AppError('unauthenticated', WRONG);
  await forgetSignInFailures(app, attempt);
  if (user.disabledAt) throw new AppError('forbidden', 'This account is disabled. Contact the operator of this site.');
  return { ...toSessionUser(user), credentialMark: credentialMark(user) };
}
