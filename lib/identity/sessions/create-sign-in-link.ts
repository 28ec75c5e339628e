import type { Db } from '#lib/platform/pg/db.ts';
import { createLinkSecret, hashSecret } from '#lib/identity/credentials/secrets.ts';

const LINK_TTL_HOURS = 24;

/** Creates a one-time sign-in secret for a user and revokes unused earlier ones. */
export async function createSignInLink(app: { db: Db }, { userId }: { userId: string }): Promise<{ secret: string }> {
  const secret = createLinkSecret();
  await app.db.$transaction([
    app.db.signInLink.deleteMany({ where: { userId, usedAt: null } }),
    app.db.signInLink.create({
      data: { userId, secretHash: hashSecret(secret), expiresAt: new Date(Date.now() + LINK_TTL_HOURS * 3_600_000) },
    }),
  ]);
  return { secret };
}
