import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { changeFactors, tidyRecoveryCodes } from './change-factors.ts';

/** Removes the user's authenticator app. @throws AppError `forbidden`, `not_found` */
export async function removeTotp(app: { db: Db }, { caller }: { caller: UserCaller }): Promise<void> {
  const { userId, email } = caller.principal;
  await changeFactors(app, caller, async (tx) => {
    const { count } = await tx.totpFactor.deleteMany({ where: { userId, confirmedAt: { not: null } } });
    if (count === 0) throw new AppError('not_found', "You don't have an authenticator app.");
    await tidyRecoveryCodes(tx, userId);
    await recordChange(tx, { caller, type: 'factor.remove-totp', resource: { name: email }, facts: { userId } });
  });
}
