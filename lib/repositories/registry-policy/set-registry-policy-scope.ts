import { findRegistryPolicy, type PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { RegistryPolicyScope } from '#lib/access/attached/schema.ts';
import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { lockOut } from '#lib/repositories/policies/lock-out.ts';
import { locksOut } from './locks-out.ts';

/**
 * Sets which actions the registry's policy decides.
 * @throws AppError `forbidden`; `invalid_input` if the policy would then lock the caller out
 */
export async function setRegistryPolicyScope(
  app: { db: Db; policies?: PolicyCache },
  { caller, registryKey, scope: policyScope }: { caller: UserCaller; registryKey: bigint; scope: RegistryPolicyScope },
): Promise<void> {
  await authorize(app, { ...caller, action: 'ecr:PutAccountSetting', registryKey });
  const where = { id: registryKey };
  const { policy: text } = await app.db.registry.findUniqueOrThrow({ where, select: { policy: true } });
  const policy = findRegistryPolicy(app, { policy: text, policyScope });
  if (policy && (await locksOut(app, { caller, registryKey, policy }))) {
    throw lockOut('Change it before you change its scope.');
  }
  await app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    const before = await tx.registry.findUniqueOrThrow({ where, select: { registryId: true, policyScope: true } });
    if (before.policyScope === policyScope) return;
    await tx.registry.update({ where, data: { policyScope }, select: { id: true } });
    await recordChange(tx, {
      type: 'registry.set-policy-scope',
      caller,
      registryKey,
      resource: { name: before.registryId },
      before: { policyScope: before.policyScope },
      after: { policyScope },
    });
  });
}
