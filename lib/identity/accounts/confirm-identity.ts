// A session may be a stolen cookie or an unlocked screen. What moves an account to another person asks for more.
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { countSignInAttempt, forgetSignInFailures } from '#lib/identity/sessions/limit-sign-in.ts';
import { credentialMark, lockAccount, requireLiveCredential } from './lock-account.ts';
import { verifyPassword } from './password-hash.ts';
import type { UserCaller } from '#lib/access/schema.ts';

/** How long after a sign-in its session counts as fresh. */
export const FRESH_SIGN_IN_MINUTES = 10;

export type Confirmation = {
  caller: UserCaller;
  /** The session that the request came with. */
  sessionId: string | null;
  /** Null or wrong is refused for an account that has a password. */
  password: string | null;
};

/**
 * The password, counted like a sign-in; for an account without one, a session that has just started.
 * @returns what `requireConfirmed` compares
 * @throws AppError `invalid_input` for a wrong password, `rate_limited`, `forbidden` for a session that is too old
 */
export async function confirmIdentity(app: { db: Db }, { caller, sessionId, password }: Confirmation): Promise<string> {
  const { principal, context } = caller;
  const user = await app.db.user.findUniqueOrThrow({ where: { id: principal.userId } });
  if (user.passwordHash === null) {
    const recent = await findRecentSessionUser(app, { sessionId });
    if (recent === principal.userId) return credentialMark(user);
    const message = `Sign out and in again first. This needs a sign-in of the last ${FRESH_SIGN_IN_MINUTES} minutes.`;
    throw new AppError('forbidden', message);
  }
  const attempt = { email: user.email, address: context.address };
  await countSignInAttempt(app, attempt);
  if (!(await verifyPassword(password ?? '', user.passwordHash))) {
    throw invalidField('currentPassword', 'That is not your current password.');
  }
  await forgetSignInFailures(app, attempt);
  return credentialMark(user);
}

/**
 * Locks the account for the change that was confirmed.
 * @throws AppError `unauthenticated` when its credentials have changed or the session has ended meanwhile
 */
export async function requireConfirmed(tx: DbOrTx, caller: UserCaller, mark: string): Promise<void> {
  const { userId } = caller.principal;
  await lockAccount(tx, userId);
  await requireLiveCredential(tx, caller.principal);
  if (credentialMark(await tx.user.findUniqueOrThrow({ where: { id: userId } })) === mark) return;
  throw new AppError('unauthenticated', 'Your sign-in details have just changed. Sign in again.');
}

/** Whose session it is, if it is live and started just now. */
export async function findRecentSessionUser(
  app: { db: Db },
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
