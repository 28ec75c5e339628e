import type { DbOrTx } from '#lib/platform/db.ts';

/** Everything that acts for a user without their being here: sessions, access tokens, links, identities at issuers. */
export async function endCredentials(tx: DbOrTx, userId: string): Promise<void> {
  const revokedAt = new Date();
  await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt } });
  await tx.accessToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt } });
  await tx.signInLink.deleteMany({ where: { userId } });
  await tx.oidcIdentity.deleteMany({ where: { userId } });
}
