import type { PolicyFinding } from '#lib/access/attached/schema.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { policyArn } from '#lib/identity/attached-policies/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getRegistryId } from '#lib/publishers/robots/robot-store.ts';
import { checkManagedPolicy, lockManagedPolicies, nameAuthor } from './policy-store.ts';
import { MAX_MANAGED_POLICIES, newManagedPolicySchema } from './schema.ts';

export type CreateManagedPolicyInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  description: string;
  /** In IAM's grammar. */
  text: string;
};

/**
 * Creates a managed policy with its first version, attached to nobody. Returns warnings.
 * @throws AppError `invalid_input` with findings as detail, `forbidden`, `name_taken`, `quota_exceeded`
 */
export async function createManagedPolicy(
  app: { db: Db },
  input: CreateManagedPolicyInput,
): Promise<{ name: string; arn: string; findings: PolicyFinding[] }> {
  const { caller, registryKey, text } = input;
  const { name, description } = parseInput(newManagedPolicySchema, input);
  const findings = checkManagedPolicy(text);
  return app.db.$transaction(async (tx) => {
    await lockManagedPolicies(tx, { caller, registryKey });
    const { registryId } = await getRegistryId(tx, registryKey);
    if ((await tx.managedPolicy.count({ where: { registryKey, name } })) > 0) throw nameTaken(name);
    if ((await tx.managedPolicy.count({ where: { registryKey } })) >= MAX_MANAGED_POLICIES) {
      const message = `A registry can have at most ${MAX_MANAGED_POLICIES} managed policies. Delete one first.`;
      throw new AppError('quota_exceeded', message);
    }
    const versions = { create: { version: 1, policy: text, isDefault: true, savedBy: nameAuthor(caller) } };
    await tx.managedPolicy.create({ data: { registryKey, name, description, versions } });
    const after = { description, policy: text };
    await recordChange(tx, { type: 'policy.create', caller, registryKey, resource: { name }, after });
    return { name, arn: policyArn(registryId, { isAws: false, name }), findings };
  });
}

function nameTaken(name: string): AppError {
  const message = `This registry already has a managed policy named ${name}.`;
  return new AppError('name_taken', message, { detail: { fieldErrors: { name: message } } });
}
