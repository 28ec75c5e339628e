import type { AuditCaller } from '#lib/events/audit-row.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { authorOf, KEPT_REVISIONS, requireRevision } from '#lib/repositories/policies/policy-revision.ts';

type StoredRegistryPolicy = {
  caller: AuditCaller;
  registryKey: bigint;
  /** Null removes it. */
  policy: string | null;
  editedRevision?: number | undefined;
};

/**
 * Replaces the policy and keeps the new one in the history. Returns its revision.
 * @throws AppError `conflict` if the policy has another revision than the edited one
 */
export async function storeRegistryPolicy(
  tx: DbOrTx,
  { caller, registryKey, policy, editedRevision }: StoredRegistryPolicy,
): Promise<number> {
  await lockRegistry(tx, registryKey);
  const where = { id: registryKey };
  const select = { registryId: true, policy: true, policyRevision: true } as const;
  const before = await tx.registry.findUniqueOrThrow({ where, select });
  requireRevision(editedRevision, before);
  if (before.policy === policy) return before.policyRevision;
  const revision = before.policyRevision + 1;
  await tx.registry.update({ where, data: { policy, policyRevision: revision }, select: { id: true } });
  await tx.registryPolicyRevision.create({ data: { registryKey, revision, policy, ...authorOf(caller) } });
  await tx.registryPolicyRevision.deleteMany({ where: { registryKey, revision: { lte: revision - KEPT_REVISIONS } } });
  await recordChange(tx, {
    type: 'registry.set-policy',
    caller,
    registryKey,
    resource: { name: before.registryId },
    before: { policy: before.policy },
    after: { policy },
  });
  return revision;
}
