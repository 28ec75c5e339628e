import type { Db } from '#lib/platform/pg/db.ts';
import type { AccessToken, User } from '#lib/platform/prisma/client.ts';
import { suspendStaffRole } from '#lib/identity/factors/suspend-staff-role.ts';
import { refuseToken } from './refused-token.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';
import { toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { parseTokenScopes } from '#lib/access/token-scope.ts';

const LAST_USED_STEP_MS = 60_000;

/**
 * Checks that an access token is valid and returns its principal.
 * @throws AppError `unauthenticated` with instructions for the user
 */
export async function acceptAccessToken(app: { db: Db }, token: AccessToken & { user: User }): Promise<UserPrincipal> {
  const now = new Date();
  if (token.revokedAt) throw refuseToken(token, 'This access token was revoked. Create a new one in the console.');
  if (token.expiresAt && token.expiresAt <= now) {
    throw refuseToken(token, 'This access token has expired. Create a new one in the console.');
  }
  if (token.user.disabledAt) throw refuseToken(token, 'This account is disabled.');
  // Updated at most once a minute, so that busy clients don't cause a write per request.
  if (!token.lastUsedAt || now.getTime() - token.lastUsedAt.getTime() > LAST_USED_STEP_MS) {
    await app.db.accessToken.update({ where: { id: token.id }, data: { lastUsedAt: now } });
  }
  const { repositories, apiAccess } = parseTokenScopes(token.scopes);
  return suspendStaffRole(app, {
    ...toUserPrincipal(token.user, repositories, apiAccess),
    accessTokenId: token.id,
    credentialExpiresAt: token.expiresAt,
  });
}
