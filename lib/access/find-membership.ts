import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { PolicyCache } from './attached/attached-policy.ts';
import { findMembershipOf } from './find-membership.sql.ts';
import type { Membership, Principal } from './schema.ts';

/** Finds the principal's membership in a registry. Returns null unless the principal is a user. */
export async function findMembership(
  app: { db: DbOrTx; policies?: PolicyCache | undefined },
  { principal, registryKey }: { principal: Principal; registryKey: bigint },
): Promise<Membership | null> {
  if (principal.kind !== 'user') return null;
  return findMembershipOf(app, { userId: principal.userId, registryKey });
}
