import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Visibility } from '#lib/repositories/schema.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';

export type PolicyRevisionView = {
  revision: number;
  /** Null if the policy was removed. */
  policy: string | null;
  savedBy: string;
  savedAt: Date;
};

export type RepositoryPolicyView = {
  /** As its author wrote it. Null if the repository has none. */
  policy: string | null;
  /** Zero before the first policy. */
  revision: number;
};

/** @throws AppError `repository_not_found`, `forbidden`, `quarantined` */
export async function readRepositoryPolicy(
  app: { db: Db; policies?: PolicyCache },
  { caller, fullName }: { caller: Caller; fullName: string },
): Promise<RepositoryPolicyView & { repositoryId: bigint; visibility: Visibility }> {
  const { id, visibility } = await authorizeRepository(app, { caller, fullName, action: 'ecr:GetRepositoryPolicy' });
  const select = { policy: true, policyRevision: true } as const;
  const { policy, policyRevision } = await app.db.repository.findUniqueOrThrow({ where: { id }, select });
  return { policy, revision: policyRevision, repositoryId: id, visibility };
}

/** Lists the policies that the repository has and had, newest first. The caller authorizes. */
export async function listPolicyRevisions(
  app: { db: Db },
  { repositoryId, before = null, limit }: { repositoryId: bigint; before?: number | null; limit: number },
): Promise<PolicyRevisionView[]> {
  return app.db.policyRevision.findMany({
    where: { repositoryId, ...(before !== null && { revision: { lt: before } }) },
    orderBy: { revision: 'desc' },
    take: limit,
    select: { revision: true, policy: true, savedBy: true, savedAt: true },
  });
}
