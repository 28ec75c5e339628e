import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

type Ending = { registryKey: bigint; authorIds: string[] | null };

const LATEST = { orderBy: { revision: 'desc' }, take: 1, select: { savedById: true } } as const;

/**
 * Removes the policies of a registry and its repositories that people who may have acted in bad faith saved last. `authorIds` null
 * removes all of them.
 */
export async function endPolicies(tx: DbOrTx, { registryKey, authorIds }: Ending): Promise<void> {
  await endRegistryPolicy(tx, { registryKey, authorIds });
  const repositories = await tx.repository.findMany({
    where: { registryKey, policy: { not: null } },
    select: {
      id: true,
      name: true,
      policy: true,
      policyRevision: true,
      policyRevisions: LATEST,
      registry: { select: { registryId: true, primaryAlias: { select: { name: true } } } },
    },
    orderBy: { id: 'asc' },
  });
  for (const { id, name, policy, policyRevision, policyRevisions, registry } of repositories) {
    if (!isEnding(authorIds, policyRevisions)) continue;
    const revision = policyRevision + 1;
    await tx.repository.update({
      where: { id },
      data: { policy: null, policyRevision: revision },
      select: { id: true },
    });
    await tx.policyRevision.create({ data: { repositoryId: id, revision, policy: null, savedBy: 'system' } });
    const alias = registry.primaryAlias?.name ?? registry.registryId;
    await recordChange(tx, {
      type: 'repository.set-policy',
      caller: SYSTEM_CALLER,
      registryKey,
      resource: { repositoryId: id, name: `${alias}/${name}` },
      before: { policy },
      after: { policy: null },
    });
  }
}

async function endRegistryPolicy(tx: DbOrTx, { registryKey, authorIds }: Ending): Promise<void> {
  const where = { id: registryKey };
  const { registryId, policy, policyRevision, policyRevisions } = await tx.registry.findUniqueOrThrow({
    where,
    select: { registryId: true, policy: true, policyRevision: true, policyRevisions: LATEST },
  });
  if (policy === null || !isEnding(authorIds, policyRevisions)) return;
  const revision = policyRevision + 1;
  await tx.registry.update({ where, data: { policy: null, policyRevision: revision }, select: { id: true } });
  await tx.registryPolicyRevision.create({ data: { registryKey, revision, policy: null, savedBy: 'system' } });
  await recordChange(tx, {
    type: 'registry.set-policy',
    caller: SYSTEM_CALLER,
    registryKey,
    resource: { name: registryId },
    before: { policy },
    after: { policy: null },
  });
}

function isEnding(authorIds: string[] | null, [latest]: { savedById: string | null }[]): boolean {
  const author = latest?.savedById ?? null;
  return authorIds === null || (author !== null && authorIds.includes(author));
}
