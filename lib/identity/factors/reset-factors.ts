import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { endFactors, endSessions } from '#lib/identity/accounts/end-credentials.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { getUser } from '#lib/identity/accounts/store.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { hasFactor } from './factor-queries.ts';

/**
 * Removes all second factors and ends the sessions of a user who lost them, on an admin's behalf. The user is told.
 * @throws AppError `forbidden`, `not_found`, `conflict` without a factor
 */
export async function resetFactors(
  app: { db: Db },
  { caller, userId }: { caller: Caller; userId: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageUsers' });
  await app.db.$transaction(async (tx) => {
    const { email } = await getUser(tx, userId);
    await lockAccount(tx, userId);
    if (!(await hasFactor(tx, userId))) throw new AppError('conflict', 'This user has no second factor.');
    await endFactors(tx, userId);
    await endSessions(tx, userId, null);
    await recordChange(tx, { caller, type: 'factor.reset', resource: { name: email }, facts: { userId } });
  });
}
