import { attachPolicy, type PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { PolicyFinding } from '#lib/access/attached/schema.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { checkAttachedPolicy } from './check-attached-policy.ts';
import { comparePolicies } from './compare-policies.ts';
import type { DiffLine } from './diff-lines.ts';
import { isLockOut } from './is-lock-out.ts';

export type PolicyReview = {
  findings: PolicyFinding[];
  /** Whether it can be saved at all. */
  isValid: boolean;
  /** Whether its author couldn't change it again. */
  isLockOut: boolean;
  /** Empty if nothing would change. */
  diff: DiffLine[];
  /** The revision it was compared with. */
  revision: number;
};

/**
 * Shows what saving a policy would do.
 * @throws AppError `repository_not_found`, `forbidden`, `quarantined`
 */
export async function reviewRepositoryPolicy(
  app: { db: Db; policies?: PolicyCache },
  { caller, fullName, text }: { caller: UserCaller; fullName: string; text: string },
): Promise<PolicyReview> {
  const repository = await authorizeRepository(app, { caller, fullName, action: 'ecr:SetRepositoryPolicy' });
  const { id, visibility } = repository;
  const { document, findings } = await checkAttachedPolicy(app, { text, target: { kind: 'repository', visibility } });
  const select = { policy: true, policyRevision: true } as const;
  const row = await app.db.repository.findUniqueOrThrow({ where: { id }, select });
  return {
    findings,
    isValid: document !== null,
    isLockOut: document !== null && (await isLockOut(app, { caller, repository, policy: attachPolicy(document) })),
    diff: comparePolicies(row.policy, text),
    revision: row.policyRevision,
  };
}
