import { findMembership } from '#lib/access/find-membership.ts';
import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { hashSecret } from '#lib/identity/credentials/secrets.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Mailer } from '#lib/platform/net/mailer.ts';
import { lockMembers } from './member-store.ts';

export type AcceptedInvitation = { registryKey: bigint };

/**
 * Accepts an invitation. The link works once, for anyone who has it. Requires a proven address if the site sends email,
 * because members see each other's addresses.
 * @throws AppError `not_found`, `conflict` for a member, `forbidden`
 */
export async function acceptInvitation(
  app: { db: Db; mailer: Mailer | null },
  { caller, secret }: { caller: UserCaller; secret: string },
): Promise<AcceptedInvitation> {
  const { userId, email, displayName } = caller.principal;
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  const secretHash = hashSecret(secret);
  return app.db.$transaction(async (tx) => {
    if (app.mailer) await requireProvenEmail(tx, userId);
    const open = { secretHash, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } };
    const found = await tx.invitation.findFirst({ where: open, select: { registryKey: true } });
    if (!found) throw unusable();
    // Lock order: members before invitations.
    await lockMembers(tx, found.registryKey, caller);
    const [invitation] = await tx.invitation.updateManyAndReturn({
      where: open,
      data: { acceptedAt: new Date(), acceptedById: userId },
    });
    if (!invitation) throw unusable();
    const { registryKey, role, invitedById } = invitation;
    const membership = await findMembership({ db: tx }, { principal: caller.principal, registryKey });
    if (membership?.role) throw new AppError('conflict', 'You are already a member.');
    await tx.member.create({ data: { registryKey, userId, role } });
    await recordChange(tx, {
      type: 'member.join',
      caller,
      registryKey,
      resource: { name: email },
      after: { role, invited: invitation.email },
      facts: { invitedById, displayName },
    });
    return { registryKey };
  });
}

async function requireProvenEmail(tx: DbOrTx, userId: string): Promise<void> {
  const { emailProvenAt } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { emailProvenAt: true } });
  if (!emailProvenAt) throw new AppError('forbidden', 'Confirm your email address on your account page first.');
}

function unusable(): AppError {
  return new AppError('not_found', 'This invitation was already used, revoked or has expired.');
}
