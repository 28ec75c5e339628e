import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Everything that acts for a user without their being here, what they have offered to others included. */
export async function endCredentials(tx: DbOrTx, userId: string): Promise<void> {
  const revokedAt = new Date();
  await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt } });
  await endAccessTokens(tx, userId);
  await endMailedLinks(tx, userId);
  await tx.invitation.updateMany({
    where: { invitedById: userId, acceptedAt: null, revokedAt: null },
    data: { revokedAt },
  });
}

export async function endAccessTokens(tx: DbOrTx, userId: string): Promise<void> {
  await tx.accessToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } });
}

/** Links to sign in by, and links that would prove an address or change it. */
export async function endMailedLinks(tx: DbOrTx, userId: string): Promise<void> {
  await tx.signInLink.deleteMany({ where: { userId } });
  await tx.emailProof.deleteMany({ where: { userId, usedAt: null } });
}
