import { z } from 'zod';
import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { getUser } from '#lib/identity/accounts/store.ts';
import { createLinkSecret, hashSecret } from '#lib/identity/credentials/secrets.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { AccountLink } from './create-reset-link.ts';

const TTL_HOURS = 24;

const inputSchema = z.object({ email: emailSchema });

export type CreateEmailLinkInput = {
  caller: Caller;
  userId: string;
  /** The account's current address to confirm it, or a new one. */
  email: string;
};

/**
 * Creates a one-time link that confirms or changes a user's address, for an admin to hand to the user. Like a mailed
 * link, it works only in a session of that user.
 * @throws AppError `forbidden`, `invalid_input`, `not_found`
 */
export async function createEmailLink(
  app: { db: Db; config: ServerConfig },
  { caller, userId, ...input }: CreateEmailLinkInput,
): Promise<AccountLink> {
  requireAllowed({ ...caller, action: 'vitrine:ManageUsers' });
  const { email } = parseInput(inputSchema, input);
  const secret = createLinkSecret();
  const expiresAt = new Date(Date.now() + TTL_HOURS * 3_600_000);
  return app.db.$transaction(async (tx) => {
    const user = await getUser(tx, userId);
    await tx.emailProof.deleteMany({ where: { userId, usedAt: null } });
    await tx.emailProof.create({ data: { userId, email, secretHash: hashSecret(secret), expiresAt } });
    await recordChange(tx, {
      caller,
      type: 'user.create-email-link',
      resource: { name: user.email },
      after: { email, expiresAt: expiresAt.toISOString() },
    });
    return { url: `${app.config.publicUrl}/console/account/confirm?secret=${secret}`, expiresAt };
  });
}
