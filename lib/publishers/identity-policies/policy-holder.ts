// The members, robots and roles that have identity policies, which only owners read and change.
import { authorize } from '#lib/access/authorize.ts';
import { readStoredPolicies, type StoredPolicy } from '#lib/access/attached/attached-policy.ts';
import {
  isRobotName,
  parseRobotAddress,
  parseRoleAddress,
  robotAddress,
  roleAddress,
  type Caller,
} from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { lockRoles } from '#lib/publishers/roles/role-store.ts';
import type { AuditCaller } from '#lib/events/audit-row.ts';

export type HolderQuestion = {
  caller: Caller & AuditCaller;
  registryKey: bigint;
  /** A member's user id, a robot's name, or `role:` and a role's name. */
  principal: string;
};

export type PolicyHolder = {
  userId: string;
  /** The email address of a person, or the name of a robot or role. */
  name: string;
  policies: StoredPolicy[];
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ROLE = /^role:(.+)$/;

/** @throws AppError `forbidden`, `not_found` */
export async function findPolicyHolder(
  app: { db: DbOrTx },
  { caller, registryKey, principal }: HolderQuestion,
): Promise<PolicyHolder> {
  await authorize(app, { ...caller, action: 'vitrine:ManagePolicies', registryKey });
  const { registryId } = await app.db.registry.findUniqueOrThrow({
    where: { id: registryKey },
    select: { registryId: true },
  });
  const where = toUserFilter(registryId, principal);
  const select = { userId: true, policies: true, user: { select: { email: true } } } as const;
  const member = where && (await app.db.member.findFirst({ where: { registryKey, user: where }, select }));
  if (!member) throw new AppError('not_found', `The registry has no member, robot or role ${principal}.`);
  const {
    userId,
    user: { email },
  } = member;
  const name = parseRobotAddress(email)?.name ?? parseRoleAddress(email)?.role ?? email;
  return { userId, name, policies: readStoredPolicies(member.policies) };
}

function toUserFilter(registryId: string, principal: string): { id: string } | { email: string } | null {
  if (UUID.test(principal)) return { id: principal };
  const [, role] = ROLE.exec(principal) ?? [];
  const name = role ?? principal;
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
    const { userId, name: target, policies } = await findPolicyHolder({ db: tx }, question);
    const changed = change(policies);
    const textOf = (all: readonly StoredPolicy[]) => all.find((one) => one.name === name)?.policy ?? null;
    const [before, after] = [textOf(policies), textOf(changed)];
    if (before === after) return;
    const data = { policies: changed.length > 0 ? JSON.stringify(changed) : null };
    await tx.member.update({ where: { registryKey_userId: { registryKey, userId } }, data, select: { userId: true } });
    await recordChange(tx, {
      type: 'member.set-policy',
      caller,
      registryKey,
      resource: { name: target },
      before: { name, policy: before },
      after: { name, policy: after },
    });
  });
}
