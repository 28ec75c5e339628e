import { SYSTEM_CALLER, type RegistryRole } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { refreshAttachedPolicies } from '#lib/identity/attached-policies/refresh-attached-policies.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { lockRegistries } from '#lib/identity/accounts/lock-account.sql.ts';
import { JOIN_ROLES, MAX_TEAM_MEMBERS } from './schema.ts';

type User = { userId: string; email: string; groups: string[] };
type TeamOfGroup = { teamId: bigint; name: string; registryKey: bigint };
type RoleChange = { registryKey: bigint; from: RegistryRole; to: RegistryRole };
type Plan = {
  /** The roles of memberships to create, by registry. */
  joins: Map<bigint, RegistryRole>;
  adds: (TeamOfGroup & { group: string })[];
  removes: TeamOfGroup[];
  leaves: bigint[];
  changes: RoleChange[];
};

/**
 * Makes a user's memberships of mapped teams equal to their groups at the identity provider. A user who isn't a member of a
 * team's registry becomes one, with the highest role that their teams there give. Memberships that a group gave end with it. Those that a person gave stay, and a
 * registry with one of them, too. Full teams, and those that would give the user too many policies, are skipped, so that they
 * don't prevent a sign-in.
 */
export async function applyGroups(tx: DbOrTx, user: User): Promise<void> {
  const first = await plan(tx, user);
  const keys = new Set([...first.joins.keys(), ...first.leaves]);
  for (const { registryKey } of [...first.adds, ...first.removes, ...first.changes]) keys.add(registryKey);
  if (keys.size === 0) return;
  await lockRegistries(tx, [...keys]);
  // What changed while waiting counts, in the locked registries only.
  const { joins, adds, removes, leaves, changes } = await plan(tx, user);
  const locked = ({ registryKey }: { registryKey: bigint }) => keys.has(registryKey);
  for (const team of removes.filter(locked)) await leaveTeam(tx, user, team);
  for (const registryKey of leaves.filter((key) => keys.has(key))) await leaveRegistry(tx, user, registryKey);
  for (const change of changes.filter(locked)) await changeRole(tx, user, change);
  for (const team of adds.filter(locked)) {
    const { teamId, registryKey } = team;
    if ((await tx.teamMember.count({ where: { teamId } })) >= MAX_TEAM_MEMBERS) continue;
    const role = joins.get(registryKey);
    if (role) await joinRegistry(tx, user, { registryKey, role });
    await joinTeam(tx, user, team);
  }
}

async function plan(tx: DbOrTx, { userId, groups }: User): Promise<Plan> {
  const mapped = await tx.teamGroup.findMany({
    where: { group: { in: groups } },
    select: { group: true, team: { select: { id: true, name: true, registryKey: true, joinRole: true } } },
    orderBy: [{ teamId: 'asc' }, { group: 'asc' }],
  });
  const wanted = new Map<bigint, TeamOfGroup & { group: string; joinRole: RegistryRole }>();
  for (const { group, team } of mapped) {
    const { id: teamId, ...rest } = team;
    if (!wanted.has(teamId)) wanted.set(teamId, { teamId, ...rest, group });
  }
  const current = await tx.teamMember.findMany({
    where: { userId },
    select: { teamId: true, registryKey: true, isByGroup: true, team: { select: { name: true, joinRole: true } } },
  });
  const memberships = await tx.member.findMany({
    where: { userId },
    select: { registryKey: true, role: true, isByGroup: true },
  });
  const known = new Set(current.map(({ teamId }) => teamId));
  const adds = [...wanted.values()].filter(({ teamId }) => !known.has(teamId));
  const ends = current.filter(({ teamId, isByGroup }) => isByGroup && !wanted.has(teamId));
  const removes = ends.map(({ teamId, registryKey, team: { name } }) => ({ teamId, registryKey, name }));
  const staying = current.filter((team) => !ends.includes(team)).map(({ team, ...rest }) => ({ ...team, ...rest }));
  const kept = [...wanted.values(), ...staying];
  const roles = new Map<bigint, RegistryRole>();
  for (const role of [...JOIN_ROLES].reverse()) {
    for (const { registryKey, joinRole } of kept) if (joinRole === role) roles.set(registryKey, role);
  }
  const isMember = new Set(memberships.map(registryKeyOf));
  const byGroup = memberships.filter(({ role, isByGroup }) => isByGroup && JOIN_ROLES.some((known) => known === role));
  return {
    joins: new Map([...roles].filter(([key]) => !isMember.has(key))),
    adds,
    removes,
    leaves: byGroup.filter(({ registryKey }) => !roles.has(registryKey)).map(registryKeyOf),
    changes: byGroup.flatMap(({ registryKey, role: from }) => {
      const to = roles.get(registryKey) ?? from;
      return to === from ? [] : [{ registryKey, from, to }];
    }),
  };
}

const registryKeyOf = ({ registryKey }: { registryKey: bigint }): bigint => registryKey;

async function joinTeam(
  tx: DbOrTx,
  { userId, email }: User,
  { teamId, registryKey, name, group }: TeamOfGroup & { group: string },
): Promise<void> {
  await tx.teamMember.create({ data: { teamId, registryKey, userId, isByGroup: true } });
  try {
    await refreshAttachedPolicies(tx, { registryKey, userIds: [userId] });
  } catch (error) {
    if (!isAppError(error) || error.code !== 'quota_exceeded') throw error;
    await tx.teamMember.deleteMany({ where: { teamId, userId } });
    return;
  }
  await recordChange(tx, {
    type: 'team.add-member',
    caller: SYSTEM_CALLER,
    registryKey,
    resource: { name },
    after: { member: email, group },
  });
}

async function leaveTeam(tx: DbOrTx, { userId, email }: User, team: TeamOfGroup): Promise<void> {
  const { teamId, registryKey, name } = team;
  await tx.teamMember.deleteMany({ where: { teamId, userId } });
  await refreshAttachedPolicies(tx, { registryKey, userIds: [userId] });
  const change = { type: 'team.remove-member', caller: SYSTEM_CALLER, registryKey, resource: { name } } as const;
  await recordChange(tx, { ...change, before: { member: email } });
}

async function joinRegistry(
  tx: DbOrTx,
  { userId, email }: User,
  { registryKey, role }: { registryKey: bigint; role: RegistryRole },
): Promise<void> {
  // Two of the teams may be the same registry's.
  if ((await tx.member.count({ where: { registryKey, userId } })) > 0) return;
  await tx.member.create({ data: { registryKey, userId, role, isByGroup: true } });
  await recordChange(tx, {
    type: 'member.join-by-group',
    caller: SYSTEM_CALLER,
    registryKey,
    resource: { name: email },
    after: { role },
  });
}

async function changeRole(tx: DbOrTx, { userId, email }: User, { registryKey, from, to }: RoleChange): Promise<void> {
  const where = { registryKey_userId: { registryKey, userId } };
  await tx.member.update({ where, data: { role: to }, select: { userId: true } });
  await recordChange(tx, {
    type: 'member.change-role',
    caller: SYSTEM_CALLER,
    registryKey,
    resource: { name: email },
    before: { role: from },
    after: { role: to, userId },
    facts: {},
  });
}

async function leaveRegistry(tx: DbOrTx, { userId, email }: User, registryKey: bigint): Promise<void> {
  const { role, registry } = await tx.member.delete({
    where: { registryKey_userId: { registryKey, userId } },
    include: { registry: { select: { displayName: true } } },
  });
  await tx.invitation.updateMany({
    where: { registryKey, invitedById: userId, acceptedAt: null, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  await recordChange(tx, {
    type: 'member.remove',
    caller: SYSTEM_CALLER,
    registryKey,
    resource: { name: email },
    before: { role },
    facts: { userId, registryName: registry.displayName },
  });
}
