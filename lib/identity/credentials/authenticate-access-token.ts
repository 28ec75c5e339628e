import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';
import { hashSecret, looksLikeAccessToken } from './secrets.ts';
import { acceptAccessToken } from './accept-access-token.ts';

/**
 * Whose access token this is, and what it allows.
 * @throws AppError `unauthenticated` with a sentence that says what to do
 */
export async function authenticateAccessToken(app: { db: Db }, secret: string): Promise<UserPrincipal> {
  if (!looksLikeAccessToken(secret)) {
    throw new AppError(
      'unauthenticated',
      'That is not an access token: make one in the console and use it as the password.',
    );
  }
  const token = await app.db.accessToken.findUnique({
    where: { secretHash: hashSecret(secret) },
    include: { user: true },
  });
  if (!token) throw new AppError('unauthenticated', 'This access token is not known here.');
  return acceptAccessToken(app, token);
}
