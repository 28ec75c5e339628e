// What becomes of the registries of an account whose holder never proved who they are.
import { recordChange } from '#lib/events/record-change.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { endPromotions } from './end-promotions.ts';

export type EndedMemberships = {
  /** Registries whose only member the account is now. */
  kept: bigint[];
  /** Registries of others, where the account is no member any more. */
  left: bigint[];
  /** How many others lost a membership. */
  removed: number;
};

/**
 * The account keeps what it created, and what nobody else would own, alone. Everywhere else it leaves, together with the members it
 * let in and those they let in, and whom these raised has their role of before. In what it keeps, open invitations and the passwords of mirrors end too.
 */
export async function endMemberships(tx: DbOrTx, userId: string): Promise<EndedMemberships> {
  const locked = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM registries WHERE id IN (SELECT registry_id FROM members WHERE user_id = ${userId}::uuid)
     ORDER BY id FOR UPDATE`;
  const result: EndedMemberships = { kept: [], left: [], removed: 0 };
  for (const { id } of locked) {
    const found = await tx.member.findMany({ where: { registryKey: id }, select: { userId: true, role: true } });
    const letIn = await findLetIn(tx, id, userId);
    const members = await endPromotions(tx, { registryKey: id, members: found, promoters: letIn });
    const hasOtherOwner = members.some((member) => member.role === 'owner' && !letIn.has(member.userId));
    const isKept = !hasOtherOwner || (await hasCreated(tx, id, userId));
    const gone = members.map((member) => member.userId).filter((member) => member !== userId);
    const removed = isKept ? gone : gone.filter((member) => letIn.has(member));
    await removeMembers(tx, id, isKept ? removed : [...removed, userId]);
    if (isKept) await closeRegistry(tx, id, userId);
    result[isKept ? 'kept' : 'left'].push(id);
    result.removed += removed.length;
  }
  return result;
}

/** The user, whoever joined by their invitation, and so on. */
async function findLetIn(tx: DbOrTx, registryKey: bigint, userId: string): Promise<Set<string>> {
  const accepted = await tx.invitation.findMany({
    where: { registryKey, acceptedById: { not: null } },
    select: { invitedById: true, acceptedById: true },
  });
  const letIn = new Set([userId]);
  for (let before = 0; before < letIn.size;) {
    before = letIn.size;
    for (const { invitedById, acceptedById } of accepted) {
      if (acceptedById !== null && letIn.has(invitedById)) letIn.add(acceptedById);
    }
  }
  return letIn;
}

async function hasCreated(tx: DbOrTx, registryKey: bigint, userId: string): Promise<boolean> {
  return (
    (await tx.auditEvent.count({ where: { registryKey, action: 'registry.create', actorId: userId }, take: 1 })) > 0
  );
}

async function removeMembers(tx: DbOrTx, registryKey: bigint, userIds: string[]): Promise<void> {
  const { displayName } = await tx.registry.findUniqueOrThrow({ where: { id: registryKey } });
  const revokedAt = new Date();
  for (const userId of userIds) {
    const { role, user } = await tx.member.delete({
      where: { registryKey_userId: { registryKey, userId } },
      include: { user: { select: { email: true } } },
    });
    await tx.invitation.updateMany({
      where: { registryKey, invitedById: userId, acceptedAt: null, revokedAt: null },
      data: { revokedAt },
    });
    await recordChange(tx, {
      type: 'member.remove',
      caller: SYSTEM_CALLER,
      registryKey,
      resource: { name: user.email },
      before: { role },
      facts: { userId, registryName: displayName },
    });
  }
}

/** Ends the links that lead in, and what was stored to reach other registries with. Whoever was let in may have demoted the owner. */
async function closeRegistry(tx: DbOrTx, registryKey: bigint, userId: string): Promise<void> {
  await tx.member.update({ where: { registryKey_userId: { registryKey, userId } }, data: { role: 'owner' } });
  const open = { registryKey, acceptedAt: null, revokedAt: null };
  await tx.invitation.updateMany({ where: open, data: { revokedAt: new Date() } });
  await tx.upstream.updateMany({ where: { registryKey }, data: { username: null, sealedPassword: null } });
}
