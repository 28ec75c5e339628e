import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { displayNameSchema } from '#lib/identity/schema.ts';

const profileSchema = z.object({ displayName: displayNameSchema });

/** Updates the display name. change-email.ts changes the address. @throws AppError `invalid_input` */
export async function updateProfile(
  app: { db: Db },
  { caller, ...input }: { caller: UserCaller; displayName: string },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  const profile = parseInput(profileSchema, input);
  const { userId, email, displayName } = caller.principal;
  await app.db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: userId }, data: profile });
    const change = { before: { displayName }, after: profile };
    await recordChange(tx, { caller, type: 'user.update-profile', resource: { name: email }, ...change });
  });
}
