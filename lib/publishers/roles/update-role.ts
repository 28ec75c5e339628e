import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '#lib/access/schema.ts';
import { checkTrustPolicy } from '#lib/access/trust/check-trust-policy.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { listIssuers, lockRoles, requireRole } from './role-store.ts';
import { roleChangeSchema, type RolePermission } from './schema.ts';

export type UpdateRoleInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  permission?: RolePermission | undefined;
  description?: string | undefined;
  trustPolicy?: string | undefined;
  maxSessionSeconds?: number | undefined;
  acceptsTokenLogin?: boolean | undefined;
  isEnabled?: boolean | undefined;
};

/**
 * Changes a role. Its sessions have the new permission at once, and none while it is disabled. Whoever the trust policy no
 * longer names keeps their sessions until they end or are ended.
 * @throws AppError `invalid_input`, `forbidden`, `not_found`
 */
export async function updateRole(app: { db: Db }, input: UpdateRoleInput): Promise<void> {
  const { caller, registryKey, name } = input;
  const change = parseInput(roleChangeSchema, input);
  await app.db.$transaction(async (tx) => {
    await lockRoles(tx, { caller, registryKey });
    const role = await requireRole(tx, { caller, registryKey, name, toPermission: change.permission });
    const { userId, registryId, disabledAt } = role;
    if (change.trustPolicy !== undefined) {
      checkTrustPolicy(change.trustPolicy, { registryId, issuers: await listIssuers(tx, registryKey) });
    }
    const before = {
      permission: role.permission,
      description: role.description,
      trustPolicy: role.trustPolicy,
      maxSessionSeconds: role.maxSessionSeconds,
      acceptsTokenLogin: role.acceptsTokenLogin,
      isEnabled: disabledAt === null,
    };
    const after = {
      permission: change.permission ?? before.permission,
      description: change.description ?? before.description,
      trustPolicy: change.trustPolicy ?? before.trustPolicy,
      maxSessionSeconds: change.maxSessionSeconds ?? before.maxSessionSeconds,
      acceptsTokenLogin: change.acceptsTokenLogin ?? before.acceptsTokenLogin,
      isEnabled: change.isEnabled ?? before.isEnabled,
    };
    if (isDeepStrictEqual(before, after)) return;
    const { description, permission, maxSessionSeconds, acceptsTokenLogin, trustPolicy: policy } = after;
    await tx.user.update({
      where: { id: userId },
      data: {
        description,
        disabledAt: after.isEnabled ? null : (disabledAt ?? new Date()),
        trust: { update: { policy, maxSessionSeconds, acceptsTokenLogin } },
      },
    });
    await tx.member.update({ where: { registryKey_userId: { registryKey, userId } }, data: { role: permission } });
    await recordChange(tx, { type: 'role.update', caller, registryKey, resource: { name }, before, after });
  });
}
