// The members, robots, roles and teams that have identity policies, which only owners read and change.
import { authorize } from '#lib/access/authorize.ts';
import { readStoredPolicies, type StoredPolicy } from '#lib/access/attached/attached-policy.ts';
import type { TagValues } from '#lib/access/tags/schema.ts';
import { isRobotName, robotAddress, roleAddress, type Caller } from '#lib/access/schema.ts';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { nameHolder } from '#lib/identity/attached-policies/name-holder.ts';
import { refreshAttachedPolicies } from '#lib/identity/attached-policies/refresh-attached-policies.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { lockRoles } from '#lib/publishers/roles/role-store.ts';

export type HolderQuestion = {
  caller: Caller & AuditCaller;
  registryKey: bigint;
  /** A member's user id or email address, a robot's name, `role:` and a role's name, or `team:` and a team's name. */
  principal: string;
};

export type PolicyHolder = {
  id: { userId: string } | { teamId: bigint };
  /** The email address of a person, or the name of a robot, role or team. */
  name: string;
  policies: StoredPolicy[];
  /** References to attached managed policies. */
  managedPolicies: string[];
  /** Teams have none. */
  tags: TagValues;
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PREFIXED = /^(role|team):(.+)$/;

/** @throws AppError `forbidden`, `not_found` */
export async function findPolicyHolder(app: { db: DbOrTx }, question: HolderQuestion): Promise<PolicyHolder> {
  const { caller, registryKey, principal } = question;
  await authorize(app, { ...caller, action: 'vitrine:ManagePolicies', registryKey });
  const [, kind, name] = PREFIXED.exec(principal) ?? [];
  const holder =
    kind === 'team'
      ? await findTeam(app.db, registryKey, name ?? '')
      : await findMember(app.db, registryKey, principal);
  if (holder) return holder;
  throw new AppError('not_found', `The registry has no member, robot, role or team ${principal}.`);
}

async function findTeam(db: DbOrTx, registryKey: bigint, name: string): Promise<PolicyHolder | null> {
  if (!isRobotName(name)) return null;
  const select = { id: true, policies: true, managedPolicies: true } as const;
  const team = await db.team.findUnique({ where: { registryKey_name: { registryKey, name } }, select });
  if (!team) return null;
  const { id: teamId, policies, managedPolicies } = team;
  return { id: { teamId }, name, policies: readStoredPolicies(policies), managedPolicies, tags: {} };
}

async function findMember(db: DbOrTx, registryKey: bigint, principal: string): Promise<PolicyHolder | null> {
  const { registryId } = await db.registry.findUniqueOrThrow({
    where: { id: registryKey },
    select: { registryId: true },
  });
  const where = toUserFilter(registryId, principal);
  const texts = { policies: true, managedPolicies: true, tags: true } as const;
  const select = { userId: true, ...texts, user: { select: { email: true } } } as const;
  const member = where && (await db.member.findFirst({ where: { registryKey, user: where }, select }));
  if (!member) return null;
  const { userId, policies, managedPolicies, user } = member;
  const tags = (member.tags ?? {}) as TagValues;
  return {
    id: { userId },
    name: nameHolder(user.email),
    policies: readStoredPolicies(policies),
    managedPolicies,
    tags,
  };
}

function toUserFilter(registryId: string, principal: string): { id: string } | { email: string } | null {
  if (UUID.test(principal)) return { id: principal };
  const [, , role] = PREFIXED.exec(principal) ?? [];
  const name = role ?? principal;
  if (name.includes('@') && !name.includes('\0')) return { email: name.toLowerCase() };
  if (!isRobotName(name)) return null;
  return { email: role === undefined ? robotAddress({ registryId, name }) : roleAddress({ registryId, role }) };
}

/**
 * Changes the policies of a holder. Takes effect at once.
 * @param change returns the policies after the change
 * @throws AppError `forbidden`, `not_found`, `unauthenticated`, and what `change` throws
 */
export async function changePolicies(
  app: { db: Db },
  { name, ...question }: HolderQuestion & { name: string },
  change: (policies: readonly StoredPolicy[]) => StoredPolicy[],
): Promise<void> {
  const { caller, registryKey } = question;
  await app.db.$transaction(async (tx) => {
    await lockRoles(tx, { caller, registryKey });
    const holder = await findPolicyHolder({ db: tx }, question);
    const { policies } = holder;
    const changed = change(policies);
    const textOf = (all: readonly StoredPolicy[]) => all.find((one) => one.name === name)?.policy ?? null;
    const [before, after] = [textOf(policies), textOf(changed)];
    if (before === after) return;
    await updateHolder(tx, { registryKey, holder, data: { policies: changed } });
    await recordChange(tx, {
      type: 'teamId' in holder.id ? 'team.set-policy' : 'member.set-policy',
      caller,
      registryKey,
      resource: { name: holder.name },
      before: { name, policy: before },
      after: { name, policy: after },
    });
  });
}

type HolderChange = {
  registryKey: bigint;
  holder: PolicyHolder;
  data: { policies: StoredPolicy[] } | { managedPolicies: string[] };
};

/** The caller has locked the registry. @throws AppError `quota_exceeded` */
export async function updateHolder(tx: DbOrTx, { registryKey, holder, data }: HolderChange): Promise<void> {
  const row = 'policies' in data ? { policies: data.policies.length > 0 ? JSON.stringify(data.policies) : null } : data;
  if ('teamId' in holder.id) {
    const { teamId: id } = holder.id;
    await tx.team.update({ where: { id }, data: row, select: { id: true } });
    await refreshAttachedPolicies(tx, { registryKey, teamId: id });
    return;
  }
  const { userId } = holder.id;
  const where = { registryKey_userId: { registryKey, userId } };
  await tx.member.update({ where, data: row, select: { userId: true } });
  if ('managedPolicies' in data) await refreshAttachedPolicies(tx, { registryKey, userIds: [userId] });
}
