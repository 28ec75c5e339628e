import { recordChange } from '#lib/events/record-change.ts';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { authorOf, KEPT_REVISIONS, requireRevision } from './policy-revision.ts';

type StoredPolicy = {
  caller: AuditCaller;
  repository: Pick<FoundRepository, 'id' | 'registryKey' | 'fullName'>;
  /** Null removes it. */
  policy: string | null;
  editedRevision?: number | undefined;
};

/**
 * Replaces the policy and keeps the new one in the history. Returns its revision.
 * @throws AppError `conflict` if the policy has another revision than the edited one, `repository_not_found` if the
 *   repository was transferred or deleted meanwhile
 */
export async function storePolicy(
  tx: DbOrTx,
  { caller, repository, policy, editedRevision }: StoredPolicy,
): Promise<number> {
  const { id, registryKey, fullName } = repository;
  await lockRepository(tx, repository);
  const select = { policy: true, policyRevision: true } as const;
  const before = await tx.repository.findUniqueOrThrow({ where: { id }, select });
  requireRevision(editedRevision, before);
  if (before.policy === policy) return before.policyRevision;
  const revision = before.policyRevision + 1;
  await tx.repository.update({ where: { id }, data: { policy, policyRevision: revision }, select: { id: true } });
  await tx.policyRevision.create({ data: { repositoryId: id, revision, policy, ...authorOf(caller) } });
  await tx.policyRevision.deleteMany({ where: { repositoryId: id, revision: { lte: revision - KEPT_REVISIONS } } });
  await recordChange(tx, {
    type: 'repository.set-policy',
    caller,
    registryKey,
    resource: { repositoryId: id, name: fullName },
    before: { policy: before.policy },
    after: { policy },
  });
  return revision;
}

/**
 * Removes the policy and its history from a repository that moves to another registry, where it would grant and deny
 * without anybody having decided so.
 */
export async function leavePolicyBehind(
  tx: DbOrTx,
  { caller, repository }: Pick<StoredPolicy, 'caller' | 'repository'>,
): Promise<void> {
  await storePolicy(tx, { caller, repository, policy: null });
  await tx.policyRevision.deleteMany({ where: { repositoryId: repository.id } });
}
