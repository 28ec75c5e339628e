import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { credentialMark } from '#lib/identity/accounts/lock-account.ts';
import type { SessionUser, SignInMethod } from '#lib/identity/schema.ts';

const MAX_USER_AGENT_LENGTH = 300;

export type StartSessionInput = {
  user: SessionUser;
  method: SignInMethod;
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
};

/**
 * Starts a session. The browser's signed cookie stores the returned id.
 * @throws AppError `unauthenticated` if the credentials have changed since they were verified
 */
export async function startSession(app: { db: Db }, input: StartSessionInput): Promise<{ sessionId: string }> {
  const { user, method, address, requestId } = input;
  const { userId, email } = user;
  const userAgent = input.userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null;
  return app.db.$transaction(async (tx) => {
    const row = await tx.user.update({ where: { id: userId }, data: { lastSignInAt: new Date() } });
    if (user.credentialMark !== undefined && user.credentialMark !== credentialMark(row)) {
      throw new AppError('unauthenticated', 'Your credentials changed. Sign in again.');
    }
    const { id } = await tx.session.create({ data: { userId, method, address, userAgent } });
    const caller = { principal: { kind: 'user', userId, email } as const, context: { address, requestId } };
    await recordChange(tx, { caller, type: 'session.start', resource: { name: email }, after: { method } });
    return { sessionId: id };
  });
}
