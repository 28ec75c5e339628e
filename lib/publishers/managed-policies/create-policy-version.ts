import type { PolicyFinding } from '#lib/access/attached/schema.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { refreshAttachedPolicies } from '#lib/identity/attached-policies/refresh-attached-policies.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { checkManagedPolicy, getManagedPolicy, lockManagedPolicies, nameAuthor } from './policy-store.ts';
import { MAX_POLICY_VERSIONS } from './schema.ts';

export type CreatePolicyVersionInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  /** In IAM's grammar. */
  text: string;
  /** Whether it applies at once, wherever the policy is attached. */
  isDefault: boolean;
};

/**
 * Adds a version to a managed policy. Returns its number and warnings.
 * @throws AppError `invalid_input` with findings as detail, `forbidden`, `not_found`, `quota_exceeded`
 */
export async function createPolicyVersion(
  app: { db: Db },
  { caller, registryKey, name, text, isDefault }: CreatePolicyVersionInput,
): Promise<{ version: number; findings: PolicyFinding[] }> {
  const findings = checkManagedPolicy(text);
  return app.db.$transaction(async (tx) => {
    await lockManagedPolicies(tx, { caller, registryKey });
    const { id: policyId, lastVersion, versions } = await getManagedPolicy(tx, { registryKey, name });
    if (versions.length >= MAX_POLICY_VERSIONS) {
      const message = `A managed policy can have at most ${MAX_POLICY_VERSIONS} versions. Delete one that isn’t the default first.`;
      throw new AppError('quota_exceeded', message);
    }
    const version = lastVersion + 1;
    if (isDefault) await tx.managedPolicyVersion.updateMany({ where: { policyId }, data: { isDefault: false } });
    await tx.managedPolicyVersion.create({
      data: { policyId, version, policy: text, isDefault, savedBy: nameAuthor(caller) },
    });
    await tx.managedPolicy.update({ where: { id: policyId }, data: { lastVersion: version }, select: { id: true } });
    if (isDefault) await refreshAttachedPolicies(tx, { registryKey, policy: name });
    const after = { version, policy: text, isDefault };
    await recordChange(tx, { type: 'policy.create-version', caller, registryKey, resource: { name }, after });
    return { version, findings };
  });
}
