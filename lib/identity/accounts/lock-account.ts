// Locks and rechecks an account. It may have changed hands while a password was hashed or a lock was awaited.
import { createHash } from 'node:crypto';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { User } from '#lib/platform/prisma/client.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';
import { lockAddress } from './lock-account.sql.ts';

/** Locks the account with this address. Returns null if there is none. */
export async function lockAccountByEmail(tx: DbOrTx, email: string): Promise<User | null> {
  const id = await lockAddress(tx, email);
  return id === null ? null : tx.user.findUniqueOrThrow({ where: { id } });
}

/** Requires that the credential hasn't been revoked. Call it while holding the account's lock. @throws AppError `unauthenticated` */
export async function requireLiveCredential(tx: DbOrTx, principal: UserPrincipal): Promise<void> {
  const { sessionId, accessTokenId } = principal;
  const hasEnded =
    (sessionId !== undefined && (await tx.session.count({ where: { id: sessionId, revokedAt: null } })) === 0) ||
    (accessTokenId !== undefined &&
      (await tx.accessToken.count({ where: { id: accessTokenId, revokedAt: null } })) === 0);
  if (hasEnded) throw new AppError('unauthenticated', 'Your session has ended. Sign in again.');
}

type Credentials = Pick<User, 'passwordHash' | 'emailProvenAt'>;

/** Returns a fingerprint that changes with the password and when the address is proven. */
export function credentialMark({ passwordHash, emailProvenAt }: Credentials): string {
  return createHash('sha256')
    .update(JSON.stringify([passwordHash, emailProvenAt]))
    .digest('base64url');
}
