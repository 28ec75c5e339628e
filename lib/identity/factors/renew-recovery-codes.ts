import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { changeFactors } from './change-factors.ts';
import { hasFactor } from './factor-queries.ts';
import { replaceRecoveryCodes } from './recovery-codes.ts';

/** Replaces the user's recovery codes and returns the new ones. @throws AppError `forbidden`, `conflict` without a factor */
export async function renewRecoveryCodes(
  app: { db: Db },
  { caller }: { caller: UserCaller },
): Promise<{ recoveryCodes: string[] }> {
  const { userId, email } = caller.principal;
  return changeFactors(app, caller, async (tx) => {
    if (!(await hasFactor(tx, userId))) {
      throw new AppError('conflict', 'Recovery codes replace a second factor. Add one first.');
    }
    const recoveryCodes = await replaceRecoveryCodes(tx, userId);
    await recordChange(tx, {
      caller,
      type: 'factor.renew-recovery-codes',
      resource: { name: email },
      facts: { userId },
    });
    return { recoveryCodes };
  });
}
