// Who acts for an account is known before a password is hashed or a lock is waited for. By then the account may have changed hands.
import { createHash } from 'node:crypto';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { User } from '#lib/platform/prisma/client.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';

/**
 * Locks the account before anything that belongs to it, so that changes of its credentials take turns. Rows that refer to it can
 * still be written.
 */
export async function lockAccount(tx: DbOrTx, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
}

/** The same of the account that has the address, once others are done with it. */
export async function lockAccountByEmail(tx: DbOrTx, email: string): Promise<User | null> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM users WHERE email = ${email} FOR NO KEY UPDATE`;
  return row ? tx.user.findUniqueOrThrow({ where: { id: row.id } }) : null;
}

/** To be asked after the lock that the end of a credential takes as well. @throws AppError `unauthenticated` */
export async function requireLiveCredential(tx: DbOrTx, principal: UserPrincipal): Promise<void> {
  const { sessionId, accessTokenId } = principal;
  const hasEnded =
    (sessionId !== undefined && (await tx.session.count({ where: { id: sessionId, revokedAt: null } })) === 0) ||
    (accessTokenId !== undefined &&
      (await tx.accessToken.count({ where: { id: accessTokenId, revokedAt: null } })) === 0);
  if (hasEnded) throw new AppError('unauthenticated', 'You have been signed out. Sign in again.');
}

type Credentials = Pick<User, 'passwordHash' | 'emailProvenAt'>;

/** Another one after each change of the password, and once the address is proven. */
export function credentialMark({ passwordHash, emailProvenAt }: Credentials): string {
  return createHash('sha256')
    .update(JSON.stringify([passwordHash, emailProvenAt]))
    .digest('base64url');
}
