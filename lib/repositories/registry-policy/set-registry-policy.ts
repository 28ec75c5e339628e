import { attachRegistryPolicy, type PolicyCache } from '#lib/access/attached/attached-policy.ts';
import { invalidPolicy } from '#lib/access/attached/invalid-policy.ts';
import { authorize } from '#lib/access/authorize.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { checkAttachedPolicy } from '#lib/repositories/policies/check-attached-policy.ts';
import { lockOut } from '#lib/repositories/policies/lock-out.ts';
import type { SavedPolicy, SetPolicyInput } from '#lib/repositories/policies/set-repository-policy.ts';
import { locksOut } from './locks-out.ts';
import { storeRegistryPolicy } from './store-registry-policy.ts';

export type SetRegistryPolicyInput = Omit<SetPolicyInput, 'fullName'> & { registryKey: bigint };

/**
 * Replaces a registry's policy.
 * @throws AppError `forbidden`; `invalid_input` with the findings as detail, also if the policy would lock the caller out;
 *   `conflict` if somebody else saved meanwhile
 */
export async function setRegistryPolicy(
  app: { db: Db; policies?: PolicyCache },
  { caller, registryKey, text, force = false, editedRevision }: SetRegistryPolicyInput,
): Promise<SavedPolicy> {
  await authorize(app, { ...caller, action: 'ecr:PutRegistryPolicy', registryKey });
  const where = { id: registryKey };
  const { policyScope: scope } = await app.db.registry.findUniqueOrThrow({ where, select: { policyScope: true } });
  const { document, findings } = await checkAttachedPolicy(app, { text, target: { kind: 'registry', scope } });
  if (!document) throw invalidPolicy(findings);
  if (!force && (await locksOut(app, { caller, registryKey, policy: attachRegistryPolicy(document, scope) }))) {
    throw lockOut('Save it with force in the console or by the REST API if you mean it.');
  }
  const revision = await app.db.$transaction((tx) =>
    storeRegistryPolicy(tx, { caller, registryKey, policy: text, editedRevision }),
  );
  return { document, findings, revision };
}
