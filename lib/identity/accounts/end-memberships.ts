// Cleans up the memberships of an account that someone with an unproven address may have set up.
import { recordChange } from '#lib/events/record-change.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { endPromotions } from './end-promotions.ts';
import { endGrants } from './end-grants.ts';
import { endPolicies } from './end-policies.ts';
import { endRobots } from './end-robots.ts';
import { OF_A_PERSON } from './people.ts';
import { lockRegistriesOf } from './lock-account.sql.ts';

export type EndedMemberships = {
  /** Registries the account keeps as the only member. */
  kept: bigint[];
  /** Registries the account was removed from. */
  left: bigint[];
  /** The number of other members removed. */
  removed: number;
};

/**
 * The account keeps, as the only member, registries it created or that would have no other owner.
 * It leaves all others, together with everyone it invited directly or indirectly. Promotions by these members are undone.
 * In the registries it keeps, open invitations, offered transfers, robots, roles, all policies and upstream passwords are removed too.
 */
export async function endMemberships(tx: DbOrTx, userId: string): Promise<EndedMemberships> {
  const locked = await lockRegistriesOf(tx, userId);
  const result: EndedMemberships = { kept: [], left: [], removed: 0 };
  for (const id of locked) {
    const people = { registryKey: id, ...OF_A_PERSON };
    const found = await tx.member.findMany({ where: people, select: { userId: true, role: true } });
    const invitees = await findInvitees(tx, id, userId);
    const members = await endPromotions(tx, { registryKey: id, members: found, promoters: invitees });
    const hasOtherOwner = members.some((member) => member.role === 'owner' && !invitees.has(member.userId));
    const isKept = !hasOtherOwner || (await hasCreated(tx, id, userId));
    const gone = members.map((member) => member.userId).filter((member) => member !== userId);
    const removed = isKept ? gone : gone.filter((member) => invitees.has(member));
    await removeMembers(tx, id, isKept ? removed : [...removed, userId]);
    const authors = isKept ? null : [...invitees];
    await endRobots(tx, { registryKey: id, creatorIds: authors });
    await endGrants(tx, { registryKey: id, authorIds: authors });
    await endPolicies(tx, { registryKey: id, authorIds: authors });
    if (isKept) await closeRegistry(tx, id, userId);
    result[isKept ? 'kept' : 'left'].push(id);
    result.removed += removed.length;
  }
  return result;
}

/** Returns the user and everyone who joined by their invitations, transitively. */
async function findInvitees(tx: DbOrTx, registryKey: bigint, userId: string): Promise<Set<string>> {
  const accepted = await tx.invitation.findMany({
    where: { registryKey, acceptedById: { not: null } },
    select: { invitedById: true, acceptedById: true },
  });
  const invitees = new Set([userId]);
  for (let before = 0; before < invitees.size;) {
    before = invitees.size;
    for (const { invitedById, acceptedById } of accepted) {
      if (acceptedById !== null && invitees.has(invitedById)) invitees.add(acceptedById);
    }
  }
  return invitees;
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

/**
 * Revokes open invitations, withdraws transfers and removes upstream credentials. Restores the owner role, which an invitee may have
 * revoked.
 */
async function closeRegistry(tx: DbOrTx, registryKey: bigint, userId: string): Promise<void> {
  await tx.member.update({ where: { registryKey_userId: { registryKey, userId } }, data: { role: 'owner' } });
  const open = { registryKey, acceptedAt: null, revokedAt: null };
  await tx.invitation.updateMany({ where: open, data: { revokedAt: new Date() } });
  await tx.repositoryTransfer.deleteMany({ where: { fromRegistryKey: registryKey } });
  await tx.upstream.updateMany({ where: { registryKey }, data: { username: null, sealedPassword: null } });
}
