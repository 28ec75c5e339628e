import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getManagedPolicy, getVersion, lockManagedPolicies } from './policy-store.ts';

type Input = { caller: Caller; registryKey: bigint; name: string; version: number };

/** Deletes a version that isn't the default. @throws AppError `forbidden`, `not_found`, `conflict` */
export async function deletePolicyVersion(app: { db: Db }, input: Input): Promise<void> {
  const { caller, registryKey, name, version } = input;
  await app.db.$transaction(async (tx) => {
    await lockManagedPolicies(tx, { caller, registryKey });
    const managed = await getManagedPolicy(tx, { registryKey, name });
    const { policy, isDefault } = getVersion(managed, version);
    if (isDefault) {
      throw new AppError('conflict', `Version ${version} is the default one. Make another version the default first.`);
    }
    await tx.managedPolicyVersion.delete({ where: { policyId_version: { policyId: managed.id, version } } });
    const before = { version, policy };
    await recordChange(tx, { type: 'policy.delete-version', caller, registryKey, resource: { name }, before });
  });
}
