// What keeps a program from making accounts by the thousand. An attempt is counted before its password is hashed, by one
// statement: as many at once get no further than as many in a row.
import type { Config } from '#lib/platform/config/config.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { networkOf } from '#lib/platform/http/client-network.ts';
import { attemptKey } from '#lib/identity/sessions/attempt-keys.ts';
import { countAttempt } from '#lib/identity/sessions/count-attempt.ts';

/** The whole site makes as many accounts an hour as so many addresses may: what a program with many addresses runs into. */
const ADDRESSES = 30;
const SITE_KEY = 'the whole site';

/** Mails that strangers may have this site send to one address. */
const MAILS_PER_ADDRESS = 3;
/** Mails that one account may have this site send to addresses it has not proven. */
const MAILS_PER_USER = 10;
/** Mails that the people of one registry may have this site send to those they invite. */
const MAILS_PER_REGISTRY = 20;
/** Sign-ups with one e-mail address where no mail is sent: whether it is taken shows there. */
const TRIES_PER_EMAIL = 10;

/**
 * Counts an attempt to make an account, within hours that start with the first one. Who comes from an address that has had its
 * share takes nothing from the others.
 * @throws AppError `rate_limited`
 */
export async function countSignUpAttempt(app: { db: Db; config: Config }, address: string | null): Promise<void> {
  const limit = app.config.signUpsPerHour;
  if (limit === 0) return;
  if (address !== null) {
    const key = attemptKey(`address ${networkOf(address)}`);
    await countAttempt(app, { key, limit, sentence: 'Too many accounts were made from your network.' });
  }
  const sentence = 'Many people are making accounts just now.';
  await countAttempt(app, { key: SITE_KEY, limit: limit * ADDRESSES, sentence });
}

/** Counts attempts to sign up with one e-mail address, taken or not. @throws AppError `rate_limited` */
export async function countSignUpEmail(app: { db: Db; config: Config }, email: string): Promise<void> {
  if (app.config.signUpsPerHour === 0) return;
  const sentence = 'Too many sign-ups with this e-mail address.';
  await countAttempt(app, { key: attemptKey(`email ${email}`), limit: TRIES_PER_EMAIL, sentence });
}

/**
 * Counts a mail that somebody who hasn't proven the address has the site send to it. Whether it is taken makes no difference.
 * @param userId who asks; null: a visitor, counted by countSignUpAttempt
 * @throws AppError `rate_limited`
 */
export async function countProofMail(app: { db: Db }, email: string, userId: string | null): Promise<void> {
  if (userId !== null) {
    const many = 'You have asked for too many mails.';
    await countAttempt(app, { key: attemptKey(`mails of ${userId}`), limit: MAILS_PER_USER, sentence: many });
  }
  const sentence = 'Too many mails were asked for to this address.';
  await countAttempt(app, { key: attemptKey(`mail ${email}`), limit: MAILS_PER_ADDRESS, sentence });
}

/**
 * Counts a mail that a member has the site send to somebody they invite: of the member, the registry and the recipient, who gets
 * no more than so many mails that they have not asked for, whoever is behind them.
 * @throws AppError `rate_limited`
 */
export async function countInvitationMail(
  app: { db: DbOrTx },
  { userId, registryKey, email }: { userId: string; registryKey: bigint; email: string },
): Promise<void> {
  const limits = [
    [`mails of ${userId}`, MAILS_PER_USER, 'You have sent too many mails.'],
    [`mails for ${registryKey}`, MAILS_PER_REGISTRY, 'This registry has sent too many invitations.'],
    [`mail ${email}`, MAILS_PER_ADDRESS, `Too many mails were sent to ${email}.`],
  ] as const;
  for (const [key, limit, sentence] of limits) await countAttempt(app, { key: attemptKey(key), limit, sentence });
}
