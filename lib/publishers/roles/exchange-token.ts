import { createHash } from 'node:crypto';
import { issueLoginPassword, LOGIN_USER_NAME } from '#lib/identity/access-keys/login-password.ts';
import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import type { WebIdentity } from '#lib/identity/federation/verify-web-identity.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { assumeRoleByWebIdentity } from './assume-role-by-web-identity.ts';
import { MIN_SESSION_SECONDS } from './schema.ts';

type App = Parameters<typeof assumeRoleByWebIdentity>[0] & { db: Db; authKeys: AuthKeys };

/** For `docker login`. */
export type DockerCredential = { username: string; password: string; expiresAt: Date };

/** Beyond its expiry, because clocks differ. */
const LEEWAY_MS = 120_000;

/**
 * Exchanges a token for a login of 15 minutes. A token works once, so whoever finds it in a log can't use it.
 * @throws AppError like assumeRoleByWebIdentity, and `unauthenticated` for a token without an id or one that was used
 */
export async function exchangeToken(
  app: App,
  input: Omit<Parameters<typeof assumeRoleByWebIdentity>[1], 'durationSeconds'>,
): Promise<DockerCredential> {
  const accept = (identity: WebIdentity) => useOnce(app, identity);
  const session = await assumeRoleByWebIdentity(app, { ...input, durationSeconds: MIN_SESSION_SECONDS, accept });
  const { accessKeyId, expiresAt: credentialEnd, role } = session;
  const login = { accessKeyId, userId: role.userId, credentialEnd };
  const { password, expiresAt } = await issueLoginPassword(app.authKeys.loginPassword, login);
  return { username: LOGIN_USER_NAME, password, expiresAt };
}

async function useOnce({ db }: { db: Db }, { issuer, claims, expiresAt }: WebIdentity): Promise<void> {
  const { jti } = claims;
  if (!jti) throw new AppError('unauthenticated', 'The token has no id (jti), so it could be used more than once.');
  const hash = createHash('sha256')
    .update(JSON.stringify(['oidc-token', issuer, jti]))
    .digest('hex');
  try {
    await db.usedChallenge.create({ data: { hash, expiresAt: new Date(expiresAt.getTime() + LEEWAY_MS) } });
  } catch (cause) {
    if (errorCode(cause) !== 'P2002') throw cause;
    throw new AppError('unauthenticated', 'The token was used before. Ask its issuer for a new one.', { cause });
  }
}
