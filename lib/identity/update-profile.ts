import { z } from 'zod';
import { recordAudit } from '#lib/audit/record-audit.ts';
import type { Db } from '#lib/platform/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { displayNameSchema, emailSchema, type Caller } from './schema.ts';
import { emailTaken } from './store.ts';

const profileSchema = z.object({ displayName: displayNameSchema, email: emailSchema });

/** @throws AppError `invalid_input`, `name_taken` */
export async function updateProfile(
  app: { db: Db },
  { caller, ...input }: { caller: Caller; displayName: string; email: string },
): Promise<void> {
  const profile = parseInput(profileSchema, input);
  const { userId, email, displayName } = caller.actor;
  await app.db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: userId }, data: profile }).catch((cause: unknown) => {
      throw emailTaken(cause);
    });
    const change = { before: { email, displayName }, after: profile };
    await recordAudit(tx, { caller, action: 'user.update-profile', target: email, ...change });
  });
}
