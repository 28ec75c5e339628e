import { z } from 'zod';
import { requireAllowed } from '#lib/access/authorize.ts';
import { SITE_ROLES, type Caller, type SiteRole } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { AccountLink } from '#lib/identity/password-reset/create-reset-link.ts';
import { insertReset, resetUrl } from '#lib/identity/password-reset/reset-links.ts';
import { displayNameSchema, emailSchema } from '#lib/identity/schema.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { insertUser } from './store.ts';

/** Longer than that of a forgotten password, because the user may not expect it. */
const TTL_DAYS = 7;

const inputSchema = z.object({
  email: emailSchema,
  displayName: displayNameSchema,
  role: z.enum(SITE_ROLES, { error: `Choose one of ${SITE_ROLES.join(', ')}.` }),
});

export type CreateUserByLinkInput = { caller: Caller; email: string; displayName: string; role: SiteRole };

/**
 * Creates a user without a password, and a one-time link that sets it, for an admin to hand to the user. The address
 * counts as proven, because the admin vouches for it.
 * @throws AppError `forbidden`, `invalid_input`, `name_taken`
 */
export async function createUserByLink(
  app: { db: Db; config: ServerConfig },
  { caller, ...input }: CreateUserByLinkInput,
): Promise<AccountLink & { userId: string }> {
  requireAllowed({ ...caller, action: 'vitrine:ManageUsers' });
  const { email, displayName, role } = parseInput(inputSchema, input);
  return app.db.$transaction(async (tx) => {
    const user = await insertUser(tx, { email, displayName, role, passwordHash: null, isEmailProven: true });
    const link = { userId: user.id, sentTo: null, ttlMinutes: TTL_DAYS * 24 * 60 };
    const { secret, expiresAt } = await insertReset(tx, link);
    await recordChange(tx, { caller, type: 'user.create', resource: { name: email }, after: { role } });
    return { userId: user.id, url: resetUrl(app.config, secret), expiresAt };
  });
}
