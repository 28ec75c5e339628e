import { z } from 'zod';
import { readStoredPolicies, type StoredPolicy } from '#lib/access/attached/attached-policy.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { nameHolder } from '#lib/identity/attached-policies/name-holder.ts';
import { refreshAttachedPolicies } from '#lib/identity/attached-policies/refresh-attached-policies.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

type Ended = {
  registryKey: bigint;
  /** Null ends everything. */
  authorIds: string[] | null;
};

/**
 * Removes policies of a registry's members and teams that people who may have acted in bad faith gave or attached, managed
 * policies that they created or changed, and members that they added to teams.
 */
export async function endGrants(tx: DbOrTx, { registryKey, authorIds }: Ended): Promise<void> {
  const traces = authorIds && (await findTraces(tx, { registryKey, authorIds }));
  const isTraced = (kind: keyof Traces, key: string) => traces === null || traces[kind].has(key);
  const policies = await tx.managedPolicy.findMany({ where: { registryKey }, include: { versions: true } });
  const ended = policies.filter(({ name }) => isTraced('managed', name));
  const endedNames = new Set(ended.map(({ name }) => name));
  const sort = (holder: Holder) => {
    const isOwnEnded = ({ name }: StoredPolicy) => isTraced('own', keyOf(holder.name, name));
    const isDetached = (policy: string) => endedNames.has(policy) || isTraced('attached', keyOf(holder.name, policy));
    return {
      removed: holder.policies.filter(isOwnEnded),
      detached: holder.managedPolicies.filter(isDetached),
      policies: holder.policies.filter((policy) => !isOwnEnded(policy)),
      managedPolicies: holder.managedPolicies.filter((policy) => !isDetached(policy)),
    };
  };
  const members = await tx.member.findMany({ where: { registryKey }, include: { user: { select: { email: true } } } });
  for (const { userId, user, ...member } of members) {
    const holder = toHolder(nameHolder(user.email), member);
    const { removed, detached, ...kept } = sort(holder);
    if (removed.length + detached.length === 0) continue;
    const where = { registryKey_userId: { registryKey, userId } };
    await tx.member.update({ where, data: toRow(kept), select: { userId: true } });
    await recordEnds(tx, { registryKey, holder, removed, detached, on: 'member' });
  }
  const teams = await tx.team.findMany({ where: { registryKey } });
  for (const { id, name, ...team } of teams) {
    const holder = toHolder(name, team);
    const { removed, detached, ...kept } = sort(holder);
    if (traces)
      await leaveTeam(tx, {
        registryKey,
        teamId: id,
        name,
        isEnded: (label) => isTraced('joined', keyOf(name, label)),
      });
    if (removed.length + detached.length === 0) continue;
    await tx.team.update({ where: { id }, data: toRow(kept), select: { id: true } });
    await recordEnds(tx, { registryKey, holder, removed, detached, on: 'team' });
  }
  for (const { id, name, versions } of ended) {
    await tx.managedPolicy.delete({ where: { id } });
    const before = { versions: versions.length, policy: versions.find(({ isDefault }) => isDefault)?.policy ?? null };
    const change = { caller: SYSTEM_CALLER, registryKey, resource: { name }, before };
    await recordChange(tx, { type: 'policy.delete', ...change });
  }
  await refreshAttachedPolicies(tx, { registryKey, userIds: members.map(({ userId }) => userId) });
}

type Holder = { name: string; policies: StoredPolicy[]; managedPolicies: string[] };

function toHolder(name: string, row: { policies: string | null; managedPolicies: string[] }): Holder {
  return { name, policies: readStoredPolicies(row.policies), managedPolicies: row.managedPolicies };
}

function toRow({ policies, managedPolicies }: Omit<Holder, 'name'>) {
  return { policies: policies.length > 0 ? JSON.stringify(policies) : null, managedPolicies };
}

type Ends = { registryKey: bigint; holder: Holder; removed: StoredPolicy[]; detached: string[]; on: 'member' | 'team' };

async function recordEnds(tx: DbOrTx, { registryKey, holder, removed, detached, on }: Ends): Promise<void> {
  const change = { caller: SYSTEM_CALLER, registryKey, resource: { name: holder.name } };
  for (const { name, policy } of removed) {
    const texts = { before: { name, policy }, after: { name, policy: null } };
    await recordChange(tx, { type: `${on}.set-policy`, ...change, ...texts });
  }
  for (const policy of detached) await recordChange(tx, { type: `${on}.detach-policy`, ...change, before: { policy } });
}

type Left = { registryKey: bigint; teamId: bigint; name: string; isEnded: (label: string) => boolean };

async function leaveTeam(tx: DbOrTx, { registryKey, teamId, name, isEnded }: Left): Promise<void> {
  const members = await tx.teamMember.findMany({
    where: { teamId, isByGroup: false },
    select: { userId: true, member: { select: { user: { select: { email: true } } } } },
  });
  for (const { userId, member } of members) {
    const label = nameHolder(member.user.email);
    if (!isEnded(label)) continue;
    await tx.teamMember.delete({ where: { teamId_userId: { teamId, userId } } });
    const change = { caller: SYSTEM_CALLER, registryKey, resource: { name }, before: { member: label } };
    await recordChange(tx, { type: 'team.remove-member', ...change });
  }
}

/** `own` and `attached` by holder and policy, `joined` by team and member. */
type Traces = Record<'managed' | 'own' | 'attached' | 'joined', Set<string>>;

const detailSchema = z.object({ name: z.string(), policy: z.string(), member: z.string() }).partial().catch({});

async function findTraces(
  tx: DbOrTx,
  { registryKey, authorIds }: { registryKey: bigint; authorIds: string[] },
): Promise<Traces> {
  const traces: Traces = { managed: new Set(), own: new Set(), attached: new Set(), joined: new Set() };
  const events = await tx.auditEvent.findMany({
    where: { registryKey, action: { in: [...TRACED.keys()] }, actorId: { in: authorIds } },
    select: { action: true, target: true, after: true },
  });
  for (const { action, target, after } of events) {
    const kind = TRACED.get(action);
    if (!kind) continue;
    const { name, policy, member } = detailSchema.parse(after ?? {});
    const key = { managed: undefined, own: name, attached: policy, joined: member }[kind];
    traces[kind].add(kind === 'managed' ? target : keyOf(target, key ?? ''));
  }
  return traces;
}

const TRACED: ReadonlyMap<string, keyof Traces> = new Map<string, keyof Traces>([
  ['policy.create', 'managed'],
  ['policy.update', 'managed'],
  ['policy.create-version', 'managed'],
  ['member.set-policy', 'own'],
  ['team.set-policy', 'own'],
  ['member.attach-policy', 'attached'],
  ['team.attach-policy', 'attached'],
  ['team.add-member', 'joined'],
]);

function keyOf(holder: string, what: string): string {
  return `${holder}\n${what}`;
}
