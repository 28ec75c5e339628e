import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { UserCaller } from '#lib/access/schema.ts';

const idSchema = z
  .string()
  .regex(/^\d{1,18}$/, 'Invalid notification id.')
  .transform(BigInt);

/** Marks one of the caller's notifications read, or all if `id` is null. Ignores other users' ids. @throws AppError `invalid_input` */
export async function markNotificationsRead(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string | null },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  await app.db.notification.updateMany({
    where: { userId: caller.principal.userId, readAt: null, ...(id !== null && { id: parseInput(idSchema, id) }) },
    data: { readAt: new Date() },
  });
}
