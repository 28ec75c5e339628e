// Rate-limits password guessing. A single statement counts each attempt before the password is verified,
// so that concurrent guesses are limited like sequential ones.
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { networkOf } from '#lib/platform/http/client-network.ts';
import { attemptKey, describeWait } from './attempt-keys.ts';
import { countFailure } from './count-attempt.sql.ts';

const FIRST_DELAY_SECONDS = 2;
const MAX_DELAY_SECONDS = 15 * 60;
/** Counters expire after a day without attempts. */
export const FORGOTTEN_AFTER_HOURS = 24;

/** Attempts before delays start. Addresses get more, because many people can share one. */
const FREE_ATTEMPTS = { account: 5, address: 30 };

type Kind = keyof typeof FREE_ATTEMPTS;
type Attempt = {
  email: string;
  address: string | null;
  /** Steps are limited separately, or a known password would reset the failures of the second factor. */
  step?: 'password' | 'second factor';
};

/**
 * Counts a sign-in attempt, whether or not the account exists.
 * @throws AppError `rate_limited` if it follows too soon after failed attempts
 */
export async function countSignInAttempt(app: { db: Db }, attempt: Attempt): Promise<void> {
  for (const { kind, key } of keysOf(attempt)) await countOne(app, kind, key);
}

/**
 * Resets the account's failures after a successful sign-in. The address is only credited this attempt, or one known
 * password would lift its limit.
 */
export async function forgetSignInFailures(app: { db: Db }, attempt: Attempt): Promise<void> {
  for (const { kind, key } of keysOf(attempt)) {
    if (kind === 'account') await app.db.signInFailure.deleteMany({ where: { key } });
    else await app.db.signInFailure.updateMany({ where: { key, count: { gt: 0 } }, data: { count: { decrement: 1 } } });
  }
}

async function countOne(app: { db: Db }, kind: Kind, key: string): Promise<void> {
  const free = FREE_ATTEMPTS[kind];
  if (
    await countFailure(app.db, {
      key,
      free,
      firstDelaySeconds: FIRST_DELAY_SECONDS,
      maxDelaySeconds: MAX_DELAY_SECONDS,
      forgottenAfterHours: FORGOTTEN_AFTER_HOURS,
    })
  )
    return;
  const row = await app.db.signInFailure.findUnique({ where: { key } });
  const delaySeconds = Math.min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** ((row?.count ?? free) - free));
  const elapsedSeconds = row ? (Date.now() - row.lastFailedAt.getTime()) / 1000 : 0;
  const retryAfterSeconds = Math.max(1, Math.ceil(delaySeconds - elapsedSeconds));
  throw new AppError('rate_limited', `Too many attempts. Try again in ${describeWait(retryAfterSeconds)}.`, {
    retryAfterSeconds,
  });
}

function keysOf({ email, address, step = 'password' }: Attempt): { kind: Kind; key: string }[] {
  const account = step === 'password' ? `account ${email}` : `second factor ${email}`;
  const keys: { kind: Kind; key: string }[] = [{ kind: 'account', key: attemptKey(account) }];
  return address === null ? keys : [{ kind: 'address', key: attemptKey(`address ${networkOf(address)}`) }, ...keys];
}
