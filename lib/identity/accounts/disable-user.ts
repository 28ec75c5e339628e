import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { endCredentials } from './end-credentials.ts';
import { leaveRegistries, type LeftRegistries } from './leave-registries.ts';
import type { Caller } from '#lib/access/schema.ts';
import { getUser, isLastAdmin } from './store.ts';

const inputSchema = z.object({
  /** Recorded in the audit log. */
  reason: z
    .string()
    .trim()
    .min(1, 'Enter a reason.')
    .max(500, 'The reason can have at most 500 characters.')
    .refine((text) => !/\p{Cc}/u.test(text), 'The reason must be a single line.'),
  endMemberships: z.boolean().default(false),
});

export type DisableUserInput = {
  caller: Caller;
  userId: string;
  reason: string;
  /** Whether the user also leaves their registries. Enabling the account doesn't bring them back. */
  endMemberships?: boolean | undefined;
};

/**
 * Disables a user and ends their sessions, access tokens, access keys, sessions of roles, and invitations. May be repeated, to
 * end the memberships of a disabled user.
 * @throws AppError `invalid_input`, `forbidden`, `not_found`, `conflict` for the last admin
 */
export async function disableUser(app: { db: Db }, input: DisableUserInput): Promise<LeftRegistries> {
  const { caller, userId } = input;
  requireAllowed({ ...caller, action: 'vitrine:ManageUsers' });
  const { reason, endMemberships } = parseInput(inputSchema, input);
  return app.db.$transaction(async (tx) => {
    const isLast = await isLastAdmin(tx, userId);
    const user = await getUser(tx, userId);
    if (!user.disabledAt && user.role === 'admin' && isLast)
      throw new AppError('conflict', "The last admin can't be disabled. Make another user an admin first.");
    if (!user.disabledAt) {
      await tx.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
      await endCredentials(tx, userId);
      await recordChange(tx, { caller, type: 'user.disable', resource: { name: user.email }, after: { reason } });
    }
    return endMemberships ? leaveRegistries(tx, { caller, userId, email: user.email }) : { left: 0, kept: [] };
  });
}
