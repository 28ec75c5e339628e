import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { changeFactors, tidyRecoveryCodes } from '#lib/identity/factors/change-factors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getPasskey } from './get-passkey.ts';

/** Removes one of the caller's passkeys. @throws AppError `forbidden`, `not_found` */
export async function removePasskey(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string },
): Promise<void> {
  const { userId, email } = caller.principal;
  await changeFactors(app, caller, async (tx) => {
    const { name } = await getPasskey(tx, { userId, id });
    await tx.passkey.delete({ where: { id } });
    await tidyRecoveryCodes(tx, userId);
    await recordChange(tx, {
      caller,
      type: 'factor.remove-passkey',
      resource: { name: email },
      before: { name },
      facts: { userId },
    });
  });
}
