import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { claimEnd } from '#lib/aliases/review/review-request.ts';
import { findRequest } from './store.ts';

/**
 * Extends a reviewer's claim while they have the request open, without changing its version or thread.
 * Returns false if the caller no longer holds the claim.
 */
export async function renewClaim(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string },
): Promise<boolean> {
  const request = await findRequest(app.db, { caller, id });
  const { count } = await app.db.aliasRequest.updateMany({
    where: { id: request.id, status: 'in_review', reviewerId: caller.principal.userId },
    data: { claimedUntil: claimEnd() },
  });
  return count > 0;
}
