import { authorize } from '#lib/access/authorize.ts';
import { roleName } from '#lib/access/resource-names.ts';
import { roleAddress, type Caller } from '#lib/access/schema.ts';
import { checkTrustPolicy } from '#lib/access/trust/check-trust-policy.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { getRegistryId } from '#lib/publishers/robots/robot-store.ts';
import { listIssuers, lockRoles } from './role-store.ts';
import { MAX_ROLES, newRoleSchema, type RolePermission } from './schema.ts';

export type CreateRoleInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  permission: RolePermission;
  description: string;
  trustPolicy: string;
  maxSessionSeconds: number;
  /** Whether docker may log in with a workload's token itself. */
  acceptsTokenLogin?: boolean | undefined;
};

/**
 * Creates a role that others may assume as its trust policy says.
 * @throws AppError `invalid_input`, `forbidden`, `name_taken`, `quota_exceeded`
 */
export async function createRole(app: { db: Db }, input: CreateRoleInput): Promise<{ name: string; arn: string }> {
  const { caller, registryKey } = input;
  const { name, ...settings } = parseInput(newRoleSchema, input);
  const { permission, description, trustPolicy, maxSessionSeconds, acceptsTokenLogin } = settings;
  return app.db.$transaction(async (tx) => {
    await lockRoles(tx, { caller, registryKey });
    const asked = { action: 'vitrine:ManageRoles', registryKey, facts: { toRole: permission } } as const;
    await authorize({ db: tx }, { ...caller, ...asked });
    const { registryId } = await getRegistryId(tx, registryKey);
    checkTrustPolicy(trustPolicy, { registryId, issuers: await listIssuers(tx, registryKey) });
    const email = roleAddress({ registryId, role: name });
    if ((await tx.user.count({ where: { email } })) > 0) throw nameTaken(name);
    if ((await tx.user.count({ where: { registryKey, kind: 'role' } })) >= MAX_ROLES) {
      throw new AppError('quota_exceeded', `A registry can have at most ${MAX_ROLES} roles. Remove one first.`);
    }
    const members = { create: { registryKey, role: permission } };
    const trust = { create: { policy: trustPolicy, maxSessionSeconds, acceptsTokenLogin } };
    await tx.user.create({
      data: { kind: 'role', email, displayName: name, description, registryKey, members, trust },
    });
    await recordChange(tx, { type: 'role.create', caller, registryKey, resource: { name }, after: settings });
    return { name, arn: roleName(registryId, name) };
  });
}

function nameTaken(name: string): AppError {
  const message = `This registry already has a role named ${name}.`;
  return new AppError('name_taken', message, { detail: { fieldErrors: { name: message } } });
}
