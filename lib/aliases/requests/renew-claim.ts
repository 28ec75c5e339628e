import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { claimEnd } from '#lib/aliases/review/review-request.ts';
import { findRequest } from './store.ts';

/**
 * While a reviewer has a request open, their claim goes on. It changes nothing that anybody has read: no new version, no
 * line in the thread. False where the claim is somebody else's by now.
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
