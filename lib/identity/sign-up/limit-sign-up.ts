// Rate limits against automated sign-ups and unsolicited email. Attempts are counted before the password is hashed.
import type { IdentityConfig } from '#lib/identity/identity-config.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { networkOf } from '#lib/platform/http/client-network.ts';
import { attemptKey } from '#lib/identity/sessions/attempt-keys.ts';
import { countAttempt } from '#lib/identity/sessions/count-attempt.ts';

/** The site-wide limit, as a multiple of the limit per address. It stops programs that use many addresses. */
const ADDRESSES = 30;
const SITE_KEY = 'the whole site';

/** Unsolicited emails per recipient and hour. */
const MAILS_PER_ADDRESS = 3;
/** Emails per hour that one account can cause to unproven addresses. */
const MAILS_PER_USER = 10;
/** Invitation emails per registry and hour. */
const MAILS_PER_REGISTRY = 20;
/** Sign-up attempts per address and hour without a mail server, where the response reveals whether it is taken. */
const TRIES_PER_EMAIL = 10;

/**
 * Counts a sign-up attempt per address and for the whole site. A limited address doesn't use up the site's limit.
 * @throws AppError `rate_limited`
 */
export async function countSignUpAttempt(
  app: { db: Db; config: IdentityConfig },
  address: string | null,
): Promise<void> {
  const limit = app.config.signUpsPerHour;
  if (limit === 0) return;
  if (address !== null) {
    const key = attemptKey(`address ${networkOf(address)}`);
    await countAttempt(app, { key, limit, sentence: 'Too many accounts were created from your network.' });
  }
  const sentence = 'Too many people are signing up right now.';
  await countAttempt(app, { key: SITE_KEY, limit: limit * ADDRESSES, sentence });
}

/** Counts a sign-up attempt per email address, taken or not. @throws AppError `rate_limited` */
export async function countSignUpEmail(app: { db: Db; config: IdentityConfig }, email: string): Promise<void> {
  if (app.config.signUpsPerHour === 0) return;
  const sentence = 'Too many sign-ups with this email address.';
  await countAttempt(app, { key: attemptKey(`email ${email}`), limit: TRIES_PER_EMAIL, sentence });
}

/**
 * Counts an email to an unproven address, whether or not the address is taken.
 * @param userId the requesting user; null for an anonymous visitor, whom countSignUpAttempt counts
 * @throws AppError `rate_limited`
 */
export async function countProofMail(app: { db: Db }, email: string, userId: string | null): Promise<void> {
  if (userId !== null) {
    const many = "You've requested too many emails.";
    await countAttempt(app, { key: attemptKey(`mails of ${userId}`), limit: MAILS_PER_USER, sentence: many });
  }
  const sentence = 'Too many emails were requested for this address.';
  await countAttempt(app, { key: attemptKey(`mail ${email}`), limit: MAILS_PER_ADDRESS, sentence });
}

/**
 * Counts an invitation email per sender, registry and recipient.
 * @throws AppError `rate_limited`
 */
export async function countInvitationMail(
  app: { db: DbOrTx },
  { userId, registryKey, email }: { userId: string; registryKey: bigint; email: string },
): Promise<void> {
  const limits = [
    [`mails of ${userId}`, MAILS_PER_USER, "You've sent too many emails."],
    [`mails for ${registryKey}`, MAILS_PER_REGISTRY, 'This registry has sent too many invitations.'],
    [`mail ${email}`, MAILS_PER_ADDRESS, `Too many emails were sent to ${email}.`],
  ] as const;
  for (const [key, limit, sentence] of limits) await countAttempt(app, { key: attemptKey(key), limit, sentence });
}
