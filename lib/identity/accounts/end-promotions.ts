import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { REGISTRY_ROLES, type RegistryRole, SYSTEM_CALLER } from '#lib/access/schema.ts';

const roleSchema = z.object({ role: z.enum(REGISTRY_ROLES) });

type Member = { userId: string; role: RegistryRole };

/** Undoes promotions that `promoters` granted to other members of a registry. @returns the members with their current roles */
export async function endPromotions<M extends Member>(
  tx: DbOrTx,
  { registryKey, members, promoters }: { registryKey: bigint; members: M[]; promoters: Set<string> },
): Promise<M[]> {
  const current: M[] = [];
  for (const member of members) {
    const role = promoters.has(member.userId) ? member.role : await findOwnRole(tx, registryKey, member, promoters);
    if (role !== member.role) await demote(tx, registryKey, member, role);
    current.push({ ...member, role });
  }
  return current;
}

/** Returns the member's role before the latest uninterrupted series of changes by promoters. */
async function findOwnRole(
  tx: DbOrTx,
  registryKey: bigint,
  { userId, role }: Member,
  promoters: Set<string>,
): Promise<RegistryRole> {
  const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
  const changes = await tx.auditEvent.findMany({
    // Older events only record the email address, which may have changed since.
    where: {
      registryKey,
      action: 'member.change-role',
      OR: [{ target: email }, { after: { path: ['userId'], equals: userId } }],
    },
    orderBy: { id: 'desc' },
    select: { actorId: true, before: true },
  });
  const others = changes.findIndex(({ actorId }) => actorId === null || !promoters.has(actorId));
  const oldest = changes.at(others < 0 ? -1 : others - 1);
  const before = others === 0 ? null : roleSchema.safeParse(oldest?.before).data;
  return before && REGISTRY_ROLES.indexOf(before.role) > REGISTRY_ROLES.indexOf(role) ? before.role : role;
}

async function demote(
  tx: DbOrTx,
  registryKey: bigint,
  { userId, role: from }: Member,
  to: RegistryRole,
): Promise<void> {
  const { user, registry } = await tx.member.update({
    where: { registryKey_userId: { registryKey, userId } },
    data: { role: to },
    include: { user: { select: { email: true } }, registry: { select: { displayName: true } } },
  });
  await tx.invitation.updateMany({
    where: { registryKey, invitedById: userId, acceptedAt: null, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  await recordChange(tx, {
    type: 'member.change-role',
    caller: SYSTEM_CALLER,
    registryKey,
    resource: { name: user.email },
    before: { role: from },
    after: { role: to, userId },
    facts: { registryName: registry.displayName },
  });
}
