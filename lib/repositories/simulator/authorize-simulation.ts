import { findRegistryPolicy, type PolicyCache } from '#lib/access/attached/attached-policy.ts';
import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { accessFacts, type FoundRepository } from '#lib/repositories/find-repository.ts';
import type { SimulatedRegistry } from './find-subject.ts';

export type SimulatorApp = { db: DbOrTx; policies?: PolicyCache };

/**
 * Begins every simulation, whose answer tells about members and the policies.
 * @throws AppError `repository_not_found`, `forbidden`, `quarantined`
 */
export async function authorizeSimulation(
  app: SimulatorApp,
  { caller, fullName }: { caller: Caller; fullName: string },
): Promise<{ repository: FoundRepository; own: SimulatedRegistry }> {
  const repository = await authorizeRepository(app, { caller, fullName, action: 'vitrine:ExplainAccess' });
  const { registryKey } = repository;
  const facts = accessFacts(repository);
  await authorize(app, { ...caller, registryKey, action: 'ecr:GetRepositoryPolicy', facts });
  const select = { registryId: true, policy: true, policyScope: true } as const;
  const { registryId, ...row } = await app.db.registry.findUniqueOrThrow({ where: { id: registryKey }, select });
  const registryPolicy = findRegistryPolicy(app, row);
  if (registryPolicy) await authorize(app, { ...caller, registryKey, action: 'ecr:GetRegistryPolicy' });
  return { repository, own: { registryKey, registryId, registryPolicy } };
}
