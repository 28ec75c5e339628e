import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { credentialMark } from '#lib/identity/accounts/lock-account.ts';
import { hashSecret } from '#lib/identity/credentials/secrets.ts';
import { verifyPasskey, type PasskeyApp } from '#lib/identity/passkeys/verify-passkey.ts';
import { countSignInAttempt, forgetSignInFailures } from '#lib/identity/sessions/limit-sign-in.ts';
import { recordFailedSignIn, type NotingApp } from '#lib/identity/sessions/record-failed-sign-in.ts';
import { insertSession } from '#lib/identity/sessions/start-session.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import type { User } from '#lib/platform/prisma/client.ts';
import { findFactorKinds } from './factor-queries.ts';
import { spendRecoveryCode } from './recovery-codes.ts';
import { openTotpSecret } from './set-up-totp.ts';
import { findTotpStep } from './totp.ts';

type App = PasskeyApp & NotingApp & { db: Db; secrets: StoredSecrets };

export type SecondFactor =
  { kind: 'totp'; code: string } | { kind: 'recovery_code'; code: string } | { kind: 'passkey'; response: unknown };

export type FinishSignInInput = {
  /** From startSession. */
  secret: string;
  factor: SecondFactor;
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
};

export type PendingSignInView = { userId: string; email: string; kinds: ('totp' | 'passkey')[] };

/** Finds a sign-in whose second factor is outstanding, and the factors to offer. Null if it has ended. */
export async function findPendingSignIn(
  app: { db: Db },
  { secret }: { secret: string },
): Promise<PendingSignInView | null> {
  const pending = await findOpen(app.db, secret);
  if (!pending) return null;
  const { id: userId, email } = pending.user;
  return { userId, email, kinds: await findFactorKinds(app.db, userId) };
}

/**
 * Verifies the second factor and starts the session. Each code, assertion and sign-in works once.
 * @throws AppError `unauthenticated` for a wrong passkey or if the sign-in has ended, `invalid_input` for a wrong code,
 * `rate_limited`
 */
export async function finishSignIn(app: App, input: FinishSignInInput): Promise<{ sessionId: string }> {
  const { secret, factor, address, userAgent } = input;
  const pending = await findOpen(app.db, secret);
  if (!pending) throw signInEnded();
  const { email } = pending.user;
  const method = factor.kind;
  const attempt = { email, address, step: 'second factor' } as const;
  return recordFailedSignIn(app, { method, email, address, userAgent }, async () => {
    // Assertions can't be guessed, so a limit would only lock the user out.
    if (factor.kind !== 'passkey') await countSignInAttempt(app, attempt);
    const session = await app.db.$transaction((tx) => complete(app, tx, input));
    if (factor.kind !== 'passkey') await forgetSignInFailures(app, attempt);
    return session;
  });
}

async function complete(app: App, tx: DbOrTx, input: FinishSignInInput): Promise<{ sessionId: string }> {
  const { secret, factor, address, requestId } = input;
  const found = await findOpen(tx, secret);
  if (!found) throw signInEnded();
  await lockAccount(tx, found.userId);
  // Asked again under the lock: another call may have used it, or the credentials may have changed.
  const pending = await findOpen(tx, secret);
  if (!pending) throw signInEnded();
  const { user, method } = pending;
  const caller = {
    principal: { kind: 'user', userId: user.id, email: user.email } as const,
    context: { address, requestId },
  };
  await verifyFactor(app, tx, { user, factor, caller });
  await tx.pendingSignIn.update({ where: { id: pending.id }, data: { usedAt: new Date() } });
  const who = { userId: user.id, email: user.email };
  return insertSession(tx, { ...input, user: who, method, factor: factor.kind });
}

type Verification = { user: User; factor: SecondFactor; caller: AuditCaller };

/** @throws AppError `invalid_input` for a wrong code, `unauthenticated` for a wrong passkey */
async function verifyFactor(app: App, tx: DbOrTx, { user, factor, caller }: Verification): Promise<void> {
  if (factor.kind === 'totp') return verifyTotp(app, tx, user.id, factor.code);
  if (factor.kind === 'passkey') {
    await verifyPasskey(app, tx, { action: 'second-factor', userId: user.id, response: factor.response });
    return;
  }
  if (!(await spendRecoveryCode(tx, user.id, factor.code))) {
    throw invalidField('code', 'This recovery code is wrong or was already used.');
  }
  const left = await tx.recoveryCode.count({ where: { userId: user.id, usedAt: null } });
  const resource = { name: user.email };
  await recordChange(tx, {
    caller,
    type: 'factor.use-recovery-code',
    resource,
    after: { left },
    facts: { userId: user.id },
  });
}

async function verifyTotp(app: App, tx: DbOrTx, userId: string, code: string): Promise<void> {
  const totp = await tx.totpFactor.findFirst({ where: { userId, confirmedAt: { not: null } } });
  const step =
    totp && findTotpStep(await openTotpSecret(app, totp), { code, lastStep: totp.lastStep, now: new Date() });
  if (step === null) {
    throw invalidField(
      'code',
      'This code is wrong, expired or was already used. Enter the one that the app shows now.',
    );
  }
  await tx.totpFactor.update({ where: { userId }, data: { lastStep: step } });
}

async function findOpen(db: DbOrTx, secret: string) {
  const pending = await db.pendingSignIn.findFirst({
    where: { secretHash: hashSecret(secret), usedAt: null, expiresAt: { gt: new Date() }, user: { disabledAt: null } },
    include: { user: true },
  });
  return pending?.credentialMark === (pending && credentialMark(pending.user)) ? pending : null;
}

function signInEnded(): AppError {
  return new AppError('unauthenticated', 'This sign-in has expired. Sign in again.');
}
