import type { AttachedPolicy } from '#lib/access/attached/attached-policy.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { accessFacts, type FoundRepository } from '#lib/repositories/find-repository.ts';

type Asked = { caller: UserCaller; repository: FoundRepository; policy: AttachedPolicy };

/** Whether a policy would prevent the caller from setting another one, here and now. */
export async function isLockOut(app: { db: Db }, { caller, repository, policy }: Asked): Promise<boolean> {
  const { principal } = caller;
  const membership = await findMembership(app, { principal, registryKey: repository.registryKey });
  const facts = { ...accessFacts(repository), policy };
  return !isAllowed({ ...caller, action: 'ecr:SetRepositoryPolicy', membership, facts });
}
