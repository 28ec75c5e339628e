import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

/**
 * Removes the policies of a registry's repositories that people who may have acted in bad faith saved last. `authorIds` null
 * removes all of them.
 */
export async function endPolicies(
  tx: DbOrTx,
  { registryKey, authorIds }: { registryKey: bigint; authorIds: string[] | null },
): Promise<void> {
  const repositories = await tx.repository.findMany({
    where: { registryKey, policy: { not: null } },
    select: {
      id: true,
      name: true,
      policy: true,
      policyRevision: true,
      policyRevisions: { orderBy: { revision: 'desc' }, take: 1, select: { savedById: true } },
      registry: { select: { registryId: true, primaryAlias: { select: { name: true } } } },
    },
    orderBy: { id: 'asc' },
  });
  for (const { id, name, policy, policyRevision, policyRevisions, registry } of repositories) {
    const author = policyRevisions[0]?.savedById ?? null;
    if (authorIds !== null && (author === null || !authorIds.includes(author))) continue;
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
