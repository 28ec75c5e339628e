import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { getUser } from '#lib/identity/accounts/store.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { insertReset, resetUrl } from './reset-links.ts';

const TTL_HOURS = 24;

/** A link that an admin hands to its user. Shown once. */
export type AccountLink = { url: string; expiresAt: Date };

/**
 * Creates a one-time link that sets a user's password, for an admin to hand to the user. It doesn't prove the address.
 * @throws AppError `forbidden`, `not_found`, `conflict` for a disabled account
 */
export async function createResetLink(
  app: { db: Db; config: ServerConfig },
  { caller, userId }: { caller: Caller; userId: string },
): Promise<AccountLink> {
  requireAllowed({ ...caller, action: 'vitrine:ManageUsers' });
  return app.db.$transaction(async (tx) => {
    const user = await getUser(tx, userId);
    if (user.disabledAt) throw new AppError('conflict', 'This account is disabled. Enable it first.');
    const { secret, expiresAt } = await insertReset(tx, { userId, sentTo: null, ttlMinutes: TTL_HOURS * 60 });
    await recordChange(tx, {
      caller,
      type: 'user.create-reset-link',
      resource: { name: user.email },
      after: { expiresAt: expiresAt.toISOString() },
      facts: { userId },
    });
    return { url: resetUrl(app.config, secret), expiresAt };
  });
}
