import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { RegistryPolicyScope } from '#lib/access/attached/schema.ts';
import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { PolicyRevisionView } from '#lib/repositories/policies/read-repository-policy.ts';

export type RegistryPolicyView = {
  /** As its author wrote it. Null if the registry has none. */
  policy: string | null;
  scope: RegistryPolicyScope;
  /** Zero before the first policy. */
  revision: number;
};

/** @throws AppError `forbidden` */
export async function readRegistryPolicy(
  app: { db: Db; policies?: PolicyCache },
  { caller, registryKey }: { caller: Caller; registryKey: bigint },
): Promise<RegistryPolicyView> {
  await authorize(app, { ...caller, action: 'ecr:GetRegistryPolicy', registryKey });
  const select = { policy: true, policyScope: true, policyRevision: true } as const;
  const where = { id: registryKey };
  const { policy, policyScope, policyRevision } = await app.db.registry.findUniqueOrThrow({ where, select });
  return { policy, scope: policyScope, revision: policyRevision };
}

/** Lists the policies that the registry has and had, newest first. The caller authorizes. */
export async function listRegistryPolicyRevisions(
  app: { db: Db },
  { registryKey, before = null, limit }: { registryKey: bigint; before?: number | null; limit: number },
): Promise<PolicyRevisionView[]> {
  return app.db.registryPolicyRevision.findMany({
    where: { registryKey, ...(before !== null && { revision: { lt: before } }) },
    orderBy: { revision: 'desc' },
    take: limit,
    select: { revision: true, policy: true, savedBy: true, savedAt: true },
  });
}
