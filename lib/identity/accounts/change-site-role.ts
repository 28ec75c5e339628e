import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { SITE_ROLES, type UserCaller, type SiteRole } from '#lib/access/schema.ts';
import { getUser, isLastAdmin } from './store.ts';

const inputSchema = z.object({ role: z.enum(SITE_ROLES) });

export type ChangeSiteRoleInput = { caller: UserCaller; userId: string; role: SiteRole };

/** @throws AppError `invalid_input`, `forbidden`, `not_found`, `conflict` for the last admin */
export async function changeSiteRole(app: { db: Db }, input: ChangeSiteRoleInput): Promise<void> {
  const { caller, userId } = input;
  requireAllowed({ ...caller, action: 'vitrine:ManageUsers' });
  const { role } = parseInput(inputSchema, input);
  await app.db.$transaction(async (tx) => {
    const isLast = await isLastAdmin(tx, userId);
    const user = await getUser(tx, userId);
    if (user.role === role) return;
    if (user.role === 'admin' && isLast) {
      throw new AppError('conflict', 'This is the last admin. Make another user an admin first.');
    }
    if (role !== 'user' && !user.emailProvenAt) {
      throw new AppError('conflict', "This user's email address isn't confirmed. Confirm it first.");
    }
    await tx.user.update({ where: { id: userId }, data: { role } });
    const change = { before: { role: user.role }, after: { role } };
    const resource = { name: user.email };
    await recordChange(tx, { caller, type: 'user.change-role', resource, ...change, facts: { userId } });
  });
}
