import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';
import { hashSecret, looksLikeAccessToken } from './secrets.ts';
import { acceptAccessToken } from './accept-access-token.ts';

/**
 * Authenticates an access token by its secret.
 * @throws AppError `unauthenticated` with instructions for the user
 */
export async function authenticateAccessToken(app: { db: Db }, secret: string): Promise<UserPrincipal> {
  if (!looksLikeAccessToken(secret)) {
    throw new AppError(
      'unauthenticated',
      'This is not an access token. Create one in the console and use it as the password.',
    );
  }
  const token = await app.db.accessToken.findUnique({
    where: { secretHash: hashSecret(secret) },
    include: { user: true },
  });
  if (!token) throw new AppError('unauthenticated', 'Unknown access token. Create a new one in the console.');
  return acceptAccessToken(app, token);
}
