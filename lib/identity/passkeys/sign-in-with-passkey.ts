import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { credentialMark } from '#lib/identity/accounts/lock-account.ts';
import { toSessionUser } from '#lib/identity/accounts/store.ts';
import type { SessionUser } from '#lib/identity/schema.ts';
import { recordFailedSignIn, type NotingApp } from '#lib/identity/sessions/record-failed-sign-in.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { verifyPasskey, type PasskeyApp } from './verify-passkey.ts';

export type SignInWithPasskeyInput = {
  /** The browser's answer to createSignInOptions. */
  response: unknown;
  address: string | null;
  userAgent?: string | null;
};

/**
 * Signs in with a passkey alone. The authenticator has verified the user.
 * @throws AppError `unauthenticated`, `forbidden` for a disabled account, `unsupported` where browsers refuse passkeys
 */
export async function signInWithPasskey(
  app: PasskeyApp & NotingApp & { db: Db },
  { response, ...client }: SignInWithPasskeyInput,
): Promise<SessionUser> {
  return recordFailedSignIn(app, { ...client, method: 'passkey', email: null }, () =>
    app.db.$transaction(async (tx) => {
      const { userId } = await verifyPasskey(app, tx, { action: 'sign-in', userId: null, response });
      await lockAccount(tx, userId);
      const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
      if (user.disabledAt) {
        throw new AppError('forbidden', 'This account is disabled. Contact the operator of this site.');
      }
      return { ...toSessionUser(user), credentialMark: credentialMark(user) };
    }),
  );
}
