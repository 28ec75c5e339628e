import { recordChange } from '#lib/events/record-change.ts';
import { endAccessTokens, endMailedLinks, endSessions } from '#lib/identity/accounts/end-credentials.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { credentialMark } from '#lib/identity/accounts/lock-account.ts';
import { hashPassword } from '#lib/identity/accounts/password-hash.ts';
import { toSessionUser } from '#lib/identity/accounts/store.ts';
import { takeOverAccount } from '#lib/identity/accounts/take-over-account.ts';
import { passwordSchema, type SessionUser } from '#lib/identity/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { openReset } from './reset-links.ts';

export type ResetPasswordInput = {
  secret: string;
  password: string;
  /** Revokes access tokens too, because someone who knew the old password may have created them. */
  endsAccessTokens: boolean;
  address: string | null;
};

export type OpenReset = {
  email: string;
  /** The link proves an unproven address, so what an earlier holder set up is removed. */
  isTakeOver: boolean;
};

/** Finds the account of a link. Returns null if the link is used or expired, or the address has changed since. */
export async function findReset(app: { db: DbOrTx }, { secret }: { secret: string }): Promise<OpenReset | null> {
  const reset = await app.db.passwordReset.findFirst({ where: openReset(secret), include: { user: true } });
  if (!reset?.user) return null;
  const { sentTo, user } = reset;
  if (sentTo !== null && sentTo !== user.email) return null;
  return { email: user.email, isTakeOver: sentTo !== null && user.emailProvenAt === null };
}

/**
 * Sets a new password by a one-time link and ends all sessions. A mailed link proves its address, an admin's doesn't.
 * Of two concurrent calls, one succeeds.
 * @throws AppError `invalid_input`, `unauthenticated`
 */
export async function resetPassword(
  app: { db: Db },
  { secret, address, endsAccessTokens, ...input }: ResetPasswordInput,
): Promise<SessionUser> {
  const password = parseField('password', passwordSchema, input.password);
  // Checked before hashing, so that a request without a valid link can't cause that work.
  if (!(await findReset(app, { secret }))) throw unusableLink();
  const passwordHash = await hashPassword(password);
  return app.db.$transaction(async (tx) => {
    const reset = await tx.passwordReset.findFirst({ where: openReset(secret), select: { userId: true } });
    if (reset?.userId == null) throw unusableLink();
    const { userId } = reset;
    await lockAccount(tx, userId);
    // Asked again under the lock: the address may have changed, or another call may have used the link.
    const found = await findReset({ db: tx }, { secret });
    const [used] = await tx.passwordReset.updateManyAndReturn({
      where: openReset(secret),
      data: { usedAt: new Date() },
    });
    if (!found || !used) throw unusableLink();
    const before = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    const { email } = before;
    const caller = { principal: { kind: 'user', userId, email } as const, context: { address, requestId: null } };
    if (found.isTakeOver) await takeOverAccount(tx, { user: before, caller });
    await endSessions(tx, userId, null);
    await endMailedLinks(tx, userId);
    if (endsAccessTokens) await endAccessTokens(tx, userId);
    const user = await tx.user.update({ where: { id: userId }, data: { passwordHash } });
    const by = used.sentTo === null ? 'admin' : 'email';
    await recordChange(tx, {
      caller,
      type: 'user.reset-password',
      resource: { name: email },
      after: { by, endsAccessTokens },
      facts: { userId },
    });
    return { ...toSessionUser(user), credentialMark: credentialMark(user) };
  });
}

function unusableLink(): AppError {
  return new AppError('unauthenticated', 'This link was already used or has expired. Request a new one.');
}
