import { attachRegistryPolicy, type PolicyCache } from '#lib/access/attached/attached-policy.ts';
import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { checkAttachedPolicy } from '#lib/repositories/policies/check-attached-policy.ts';
import { comparePolicies } from '#lib/repositories/policies/compare-policies.ts';
import type { PolicyReview } from '#lib/repositories/policies/review-repository-policy.ts';
import { locksOut } from './locks-out.ts';

/**
 * Shows what saving a registry's policy would do.
 * @throws AppError `forbidden`
 */
export async function reviewRegistryPolicy(
  app: { db: Db; policies?: PolicyCache },
  { caller, registryKey, text }: { caller: UserCaller; registryKey: bigint; text: string },
): Promise<PolicyReview> {
  await authorize(app, { ...caller, action: 'ecr:PutRegistryPolicy', registryKey });
  const select = { policy: true, policyScope: true, policyRevision: true } as const;
  const { policyScope: scope, ...row } = await app.db.registry.findUniqueOrThrow({
    where: { id: registryKey },
    select,
  });
  const { document, findings } = await checkAttachedPolicy(app, { text, target: { kind: 'registry', scope } });
  const policy = document && attachRegistryPolicy(document, scope);
  return {
    findings,
    isValid: document !== null,
    isLockOut: policy !== null && (await locksOut(app, { caller, registryKey, policy })),
    diff: comparePolicies(row.policy, text),
    revision: row.policyRevision,
  };
}
