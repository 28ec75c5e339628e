import { issueLoginPassword, LOGIN_USER_NAME } from '#lib/identity/access-keys/login-password.ts';
import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import { assumeRoleByWebIdentity } from './assume-role-by-web-identity.ts';
import { MIN_SESSION_SECONDS } from './schema.ts';
import { toTokenUse } from './use-token-once.ts';

type App = Parameters<typeof assumeRoleByWebIdentity>[0] & { authKeys: AuthKeys };

/** For `docker login`. */
export type DockerCredential = { username: string; password: string; expiresAt: Date };

/**
 * Exchanges a token for a login of 15 minutes. A token works once, so whoever finds it in a log can't use it.
 * @throws AppError like assumeRoleByWebIdentity, and `unauthenticated` for a token without an id or one that was used
 */
export async function exchangeToken(
  app: App,
  input: Omit<Parameters<typeof assumeRoleByWebIdentity>[1], 'durationSeconds' | 'use'>,
): Promise<DockerCredential> {
  const session = await assumeRoleByWebIdentity(app, {
    ...input,
    durationSeconds: MIN_SESSION_SECONDS,
    use: toTokenUse,
  });
  const { accessKeyId, expiresAt: credentialEnd, role } = session;
  const login = { accessKeyId, userId: role.userId, credentialEnd };
  const { password, expiresAt } = await issueLoginPassword(app.authKeys.loginPassword, login);
  return { username: LOGIN_USER_NAME, password, expiresAt };
}
