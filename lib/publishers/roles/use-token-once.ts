import { createHash } from 'node:crypto';
import type { WebIdentity } from '#lib/identity/federation/verify-web-identity.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Beyond its expiry, because clocks differ. */
const LEEWAY_MS = 120_000;

/** A token that can't be used again once a session is open. */
export type TokenUse = {
  hash: string;
  expiresAt: Date;
  /** Set if the token itself is the password of the session. */
  loginTokenHash?: string;
};

/** @throws AppError `unauthenticated` for a token without an id */
export function toTokenUse({ issuer, claims: { jti }, expiresAt }: WebIdentity): TokenUse {
  if (!jti) throw new AppError('unauthenticated', 'The token has no id (jti), so it could be used more than once.');
  const hash = createHash('sha256')
    .update(JSON.stringify(['oidc-token', issuer, jti]))
    .digest('hex');
  return { hash, expiresAt: new Date(expiresAt.getTime() + LEEWAY_MS) };
}

/** Waits for a session that is being opened with the same token. @throws AppError `unauthenticated` if the token was used */
export async function useTokenOnce(tx: DbOrTx, { hash, expiresAt }: TokenUse): Promise<void> {
  const { count } = await tx.usedChallenge.createMany({ data: [{ hash, expiresAt }], skipDuplicates: true });
  if (count > 0) return;
  throw new AppError('unauthenticated', 'The token was used before. Ask its issuer for a new one.', {
    detail: { isUsed: true },
  });
}
