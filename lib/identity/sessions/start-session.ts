import { recordChange } from '#lib/events/record-change.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { credentialMark } from '#lib/identity/accounts/lock-account.ts';
import { createLinkSecret, hashSecret } from '#lib/identity/credentials/secrets.ts';
import { hasFactor } from '#lib/identity/factors/factor-queries.ts';
import type { FactorKind } from '#lib/identity/factors/schema.ts';
import type { SessionUser, SignInMethod } from '#lib/identity/schema.ts';

const MAX_USER_AGENT_LENGTH = 300;
/** How long a user has to enter the second factor. */
export const PENDING_SIGN_IN_MINUTES = 10;

type Client = { address: string | null; userAgent: string | null; requestId: string | null };

export type StartSessionInput = Client & { user: SessionUser; method: SignInMethod };

/** A session, or the secret of a sign-in whose second factor is outstanding (finish-sign-in.ts). */
export type StartedSession = { kind: 'session'; sessionId: string } | { kind: 'second_factor'; secret: string };

/**
 * Starts a session for an authenticated user, or asks for a second factor. Every sign-in method calls this, so none can
 * skip the second factor. A passkey needs none, because it proves both possession and presence.
 * @throws AppError `unauthenticated` if the credentials have changed since they were verified
 */
export async function startSession(app: { db: Db }, input: StartSessionInput): Promise<StartedSession> {
  const { user, method } = input;
  const { userId } = user;
  return app.db.$transaction(async (tx) => {
    // In case the user's first factor is being added: either that ends this session, or this sign-in asks for it.
    await lockAccount(tx, userId);
    const row = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    const mark = credentialMark(row);
    if (row.disabledAt || (user.credentialMark !== undefined && user.credentialMark !== mark)) {
      throw new AppError('unauthenticated', 'Your credentials changed. Sign in again.');
    }
    if (method !== 'passkey' && (await hasFactor(tx, userId))) {
      const secret = createLinkSecret();
      const expiresAt = new Date(Date.now() + PENDING_SIGN_IN_MINUTES * 60_000);
      const data = { userId, method, secretHash: hashSecret(secret), credentialMark: mark, expiresAt };
      await tx.pendingSignIn.create({ data });
      return { kind: 'second_factor', secret };
    }
    return { kind: 'session', ...(await insertSession(tx, { ...input, factor: null })) };
  });
}

export type NewSession = Client & {
  user: { userId: string; email: string };
  method: string;
  factor: FactorKind | null;
};

/** Only for complete sign-ins. The returned id goes into the browser's signed cookie. */
export async function insertSession(tx: DbOrTx, input: NewSession): Promise<{ sessionId: string }> {
  const { user, method, factor, address, requestId } = input;
  const { userId, email } = user;
  const userAgent = input.userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null;
  await tx.user.update({ where: { id: userId }, data: { lastSignInAt: new Date() } });
  const { id } = await tx.session.create({ data: { userId, method, factor, address, userAgent } });
  const caller = { principal: { kind: 'user', userId, email } as const, context: { address, requestId } };
  const after = { method, ...(factor && { factor }) };
  await recordChange(tx, { caller, type: 'session.start', resource: { name: email }, after });
  return { sessionId: id };
}
