import { z } from 'zod';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';

/** No session of a role lasts longer. */
const LONGEST_SESSION_MS = 12 * 3_600_000;

/** Revokes the user's sessions, access tokens and mailed links, and the open invitations they sent. */
export async function endCredentials(tx: DbOrTx, userId: string): Promise<void> {
  const revokedAt = new Date();
  await endSessions(tx, userId, null);
  await endAccessTokens(tx, userId);
  await endMailedLinks(tx, userId);
  await tx.invitation.updateMany({
    where: { invitedById: userId, acceptedAt: null, revokedAt: null },
    data: { revokedAt },
  });
}

/** Revokes the user's sessions, except the given one. Returns how many. */
export async function endSessions(tx: DbOrTx, userId: string, keepSessionId: string | null): Promise<number> {
  const { count } = await tx.session.updateMany({
    where: { userId, revokedAt: null, ...(keepSessionId !== null && { id: { not: keepSessionId } }) },
    data: { revokedAt: new Date() },
  });
  return count;
}

/** Revokes access tokens, and deletes access keys, the URL of the private feed, and sessions of roles that the user opened. */
export async function endAccessTokens(tx: DbOrTx, userId: string): Promise<void> {
  await tx.accessToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } });
  await tx.accessKey.deleteMany({ where: { userId } });
  await tx.accessKey.deleteMany({ where: { id: { in: await findRoleSessions(tx, userId) } } });
  await tx.feedLink.deleteMany({ where: { userId } });
}

const openedSchema = z.object({ accessKeyId: z.string() });

/** Returns the keys of the role sessions that a user opened, and that were opened from these. */
async function findRoleSessions(tx: DbOrTx, userId: string): Promise<string[]> {
  const sessions = new Set<string>();
  let by: { actorId: string } | { accessKeyId: { in: string[] } } = { actorId: userId };
  for (;;) {
    const where: Prisma.AuditEventWhereInput = {
      ...by,
      action: 'role.assume',
      at: { gt: new Date(Date.now() - LONGEST_SESSION_MS) },
    };
    const events = await tx.auditEvent.findMany({ where, select: { after: true } });
    const opened = events.flatMap(({ after }) => openedSchema.safeParse(after).data?.accessKeyId ?? []);
    const added = opened.filter((id) => !sessions.has(id));
    if (added.length === 0) return [...sessions];
    for (const id of added) sessions.add(id);
    by = { accessKeyId: { in: added } };
  }
}

/** Removes passkeys, the authenticator app and recovery codes. */
export async function endFactors(tx: DbOrTx, userId: string): Promise<void> {
  await tx.passkey.deleteMany({ where: { userId } });
  await tx.totpFactor.deleteMany({ where: { userId } });
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.pendingSignIn.deleteMany({ where: { userId } });
}

/** Revokes sign-in links and links that prove or change an address or reset the password. */
export async function endMailedLinks(tx: DbOrTx, userId: string): Promise<void> {
  await tx.signInLink.deleteMany({ where: { userId } });
  await tx.emailProof.deleteMany({ where: { userId, usedAt: null } });
  await tx.passwordReset.deleteMany({ where: { userId, usedAt: null } });
}
