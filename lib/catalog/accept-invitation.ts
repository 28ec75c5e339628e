import { recordAudit } from '#lib/audit/record-audit.ts';
import { notifyUser } from '#lib/identity/notify-user.ts';
import { canWrite } from '#lib/identity/policy.ts';
import type { Caller } from '#lib/identity/schema.ts';
import { hashSecret } from '#lib/identity/secrets.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findRole } from './find-repository.ts';
import { lockMembers } from './member-store.ts';

export type AcceptedInvitation = { registryId: bigint };

/** Works once, for whoever has the link. @throws AppError `not_found`, `conflict` for a member, `forbidden` */
export async function acceptInvitation(
  app: { db: Db },
  { caller, secret }: { caller: Caller; secret: string },
): Promise<AcceptedInvitation> {
  const { userId, email, displayName } = caller.actor;
  if (!canWrite(caller.actor)) throw new AppError('forbidden', 'This access token lacks the scope api:write.');
  const secretHash = hashSecret(secret);
  return app.db.$transaction(async (tx) => {
    const [invitation] = await tx.invitation.updateManyAndReturn({
      where: { secretHash, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } },
      data: { acceptedAt: new Date() },
    });
    if (!invitation) throw new AppError('not_found', 'This invitation was used, taken back, or is too old.');
    const { registryId, role, invitedById } = invitation;
    await lockMembers(tx, registryId);
    if (await findRole({ db: tx }, { userId, registryId })) throw new AppError('conflict', 'You are a member already.');
    await tx.member.create({ data: { registryId, userId, role } });
    const after = { role, invited: invitation.email };
    await recordAudit(tx, { caller, registryId, action: 'member.join', target: email, after });
    const body = `${displayName} (${email}) has joined as ${role}.`;
    await notifyUser(tx, { userId: invitedById, title: 'Your invitation was accepted', body, href: '/console' });
    return { registryId };
  });
}
