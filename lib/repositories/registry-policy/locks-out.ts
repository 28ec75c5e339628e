import type { AttachedPolicy } from '#lib/access/attached/attached-policy.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';

type Asked = { caller: UserCaller; registryKey: bigint; policy: AttachedPolicy };

/** Whether a registry policy would prevent the caller from setting another one, here and now. */
export async function locksOut(app: { db: Db }, { caller, registryKey, policy }: Asked): Promise<boolean> {
  const found = await findMembership(app, { principal: caller.principal, registryKey });
  const membership = found && { ...found, registryPolicy: policy };
  return !isAllowed({ ...caller, action: 'ecr:PutRegistryPolicy', membership });
}
