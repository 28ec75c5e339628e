// What every change of second factors has in common.
import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { findRecentSessionUser, FRESH_SIGN_IN_MINUTES } from '#lib/identity/accounts/confirm-identity.ts';
import { endSessions } from '#lib/identity/accounts/end-credentials.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { requireLiveCredential } from '#lib/identity/accounts/lock-account.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { hasFactor } from './factor-queries.ts';
import { replaceRecoveryCodes } from './recovery-codes.ts';

/** Whether the caller's session is recent enough to change second factors. */
export async function isSignInRecent(app: { db: DbOrTx }, { principal }: UserCaller): Promise<boolean> {
  const { userId, sessionId = null } = principal;
  return (await findRecentSessionUser(app, { sessionId })) === userId;
}

/**
 * Runs a change while holding the account's lock. Requires a recent sign-in, because a session may be a stolen cookie.
 * @throws AppError `forbidden`, `unauthenticated`
 */
export async function changeFactors<Result>(
  app: { db: Db },
  caller: UserCaller,
  work: (tx: DbOrTx) => Promise<Result>,
): Promise<Result> {
  requireAllowed({ ...caller, action: 'vitrine:ChangeSignIn' });
  return app.db.$transaction(async (tx) => {
    await lockAccount(tx, caller.principal.userId);
    await requireLiveCredential(tx, caller.principal);
    if (!(await isSignInRecent({ db: tx }, caller))) {
      const message = `Sign in again. This requires a sign-in within the last ${FRESH_SIGN_IN_MINUTES} minutes.`;
      throw new AppError('forbidden', message);
    }
    return work(tx);
  });
}

/**
 * Adds a factor by `insert`. With the first one, returns recovery codes and ends all other sessions, which never passed a
 * second factor.
 */
export async function addFactor(
  tx: DbOrTx,
  { principal: { userId, sessionId } }: UserCaller,
  insert: () => Promise<void>,
): Promise<string[] | null> {
  const isFirst = !(await hasFactor(tx, userId));
  await insert();
  if (!isFirst) return null;
  await endSessions(tx, userId, sessionId ?? null);
  return replaceRecoveryCodes(tx, userId);
}

/** Deletes the recovery codes if no factor is left for them to replace. */
export async function tidyRecoveryCodes(tx: DbOrTx, userId: string): Promise<void> {
  if (await hasFactor(tx, userId)) return;
  await tx.recoveryCode.deleteMany({ where: { userId } });
}
