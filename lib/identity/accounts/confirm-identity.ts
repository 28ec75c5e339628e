// Re-authentication for changes that could hand an account to someone else. A session may be a stolen cookie or an unlocked screen.
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { countSignInAttempt, forgetSignInFailures } from '#lib/identity/sessions/limit-sign-in.ts';
import { lockAccount } from './lock-account.sql.ts';
import { credentialMark, requireLiveCredential } from './lock-account.ts';
import { verifyPassword } from './password-hash.ts';
import type { UserCaller } from '#lib/access/schema.ts';

/** How long a session counts as recent after sign-in. */
export const FRESH_SIGN_IN_MINUTES = 10;

export type Confirmation = {
  caller: UserCaller;
  /** The session of the request. */
  sessionId: string | null;
  /** Required if the account has a password. */
  password: string | null;
};

/**
 * Verifies the password, rate-limited like a sign-in. An account without a password needs a recent session instead.
 * @returns the credential mark to pass to `requireConfirmed`
 * @throws AppError `invalid_input` for a wrong password, `rate_limited`, `forbidden` for a session that is too old
 */
export async function confirmIdentity(app: { db: Db }, { caller, sessionId, password }: Confirmation): Promise<string> {
  const { principal, context } = caller;
  const user = await app.db.user.findUniqueOrThrow({ where: { id: principal.userId } });
  if (user.passwordHash === null) {
    const recent = await findRecentSessionUser(app, { sessionId });
    if (recent === principal.userId) return credentialMark(user);
    const message = `Sign out and in again. This requires a sign-in within the last ${FRESH_SIGN_IN_MINUTES} minutes.`;
    throw new AppError('forbidden', message);
  }
  const attempt = { email: user.email, address: context.address };
  await countSignInAttempt(app, attempt);
  if (!(await verifyPassword(password ?? '', user.passwordHash))) {
    throw invalidField('currentPassword', 'The current password is incorrect.');
  }
  await forgetSignInFailures(app, attempt);
  return credentialMark(user);
}

/**
 * Locks the account for the confirmed change.
 * @throws AppError `unauthenticated` if its credentials changed or the session ended in the meantime
 */
export async function requireConfirmed(tx: DbOrTx, caller: UserCaller, mark: string): Promise<void> {
  const { userId } = caller.principal;
  await lockAccount(tx, userId);
  await requireLiveCredential(tx, caller.principal);
  if (credentialMark(await tx.user.findUniqueOrThrow({ where: { id: userId } })) === mark) return;
  throw new AppError('unauthenticated', 'Your credentials changed. Sign in again.');
}

/** Returns the session's user if it is active and recent. */
export async function findRecentSessionUser(
  app: { db: DbOrTx },
  { sessionId }: { sessionId: string | null },
): Promise<string | null> {
  if (sessionId === null) return null;
  const since = new Date(Date.now() - FRESH_SIGN_IN_MINUTES * 60_000);
  const session = await app.db.session.findFirst({
    where: { id: sessionId, revokedAt: null, createdAt: { gt: since }, user: { disabledAt: null } },
    select: { userId: true },
  });
  return session?.userId ?? null;
}
