// One-time links that set a new password.
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { createLinkSecret, hashSecret } from '#lib/identity/credentials/secrets.ts';

type NewReset = {
  userId: string | null;
  /** The address that the link is mailed to; null if an admin hands it out. */
  sentTo: string | null;
  ttlMinutes: number;
};

/** Stores a link. Earlier ones stay valid, so that a stranger can't revoke them by requesting another. */
export async function insertReset(
  db: DbOrTx,
  { ttlMinutes, ...row }: NewReset,
): Promise<{ secret: string; expiresAt: Date }> {
  const secret = createLinkSecret();
  const expiresAt = new Date(Date.now() + ttlMinutes * 60_000);
  await db.passwordReset.create({ data: { ...row, secretHash: hashSecret(secret), expiresAt } });
  return { secret, expiresAt };
}

export function resetUrl({ publicUrl }: ServerConfig, secret: string): string {
  return `${publicUrl}/signin/reset?secret=${secret}`;
}

/** Selects a link that can be used. */
export function openReset(secret: string) {
  return {
    secretHash: hashSecret(secret),
    usedAt: null,
    expiresAt: { gt: new Date() },
    user: { is: { disabledAt: null } },
  };
}
