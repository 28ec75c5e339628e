import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { refreshAttachedPolicies } from '#lib/identity/attached-policies/refresh-attached-policies.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getManagedPolicy, getVersion, lockManagedPolicies } from './policy-store.ts';
import { managedPolicyChangeSchema } from './schema.ts';

export type UpdateManagedPolicyInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  description?: string | undefined;
  /** Applies at once, wherever the policy is attached. */
  defaultVersion?: number | undefined;
};

/** @throws AppError `invalid_input`, `forbidden`, `not_found`, `quota_exceeded` */
export async function updateManagedPolicy(app: { db: Db }, input: UpdateManagedPolicyInput): Promise<void> {
  const { caller, registryKey, name } = input;
  const change = parseInput(managedPolicyChangeSchema, input);
  await app.db.$transaction(async (tx) => {
    await lockManagedPolicies(tx, { caller, registryKey });
    const policy = await getManagedPolicy(tx, { registryKey, name });
    const { id: policyId, description, versions } = policy;
    const before = { description, defaultVersion: versions.find(({ isDefault }) => isDefault)?.version };
    const after = {
      description: change.description ?? before.description,
      defaultVersion: change.defaultVersion ?? before.defaultVersion,
    };
    if (isDeepStrictEqual(before, after)) return;
    await tx.managedPolicy.update({
      where: { id: policyId },
      data: { description: after.description },
      select: { id: true },
    });
    if (after.defaultVersion !== undefined && after.defaultVersion !== before.defaultVersion) {
      const { version } = getVersion(policy, after.defaultVersion);
      await tx.managedPolicyVersion.updateMany({ where: { policyId, isDefault: true }, data: { isDefault: false } });
      await tx.managedPolicyVersion.updateMany({ where: { policyId, version }, data: { isDefault: true } });
      await refreshAttachedPolicies(tx, { registryKey, policy: name });
    }
    await recordChange(tx, { type: 'policy.update', caller, registryKey, resource: { name }, before, after });
  });
}
