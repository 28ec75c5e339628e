import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { EmailMessage, Mailer } from '#lib/platform/net/mailer.ts';
import { attemptKey } from '#lib/identity/sessions/attempt-keys.ts';
import { countAttempt, uncountAttempt } from '#lib/identity/sessions/count-attempt.ts';

/** Per recipient, because others can trigger emails at will, for example by changing a role back and forth. */
const MAILS_PER_HOUR = 20;

/**
 * Emails a user about something they didn't ask for just now. Returns false, without sending, at the hourly limit.
 * Callers check that the address is proven.
 * @throws if the mail server refuses the message
 */
export async function emailUser(
  app: { db: Db; mailer: Mailer; log: Log },
  { userId, message }: { userId: string; message: EmailMessage },
): Promise<boolean> {
  const count = { key: attemptKey(`notifications of ${userId}`), limit: MAILS_PER_HOUR, sentence: 'Too many emails.' };
  try {
    await countAttempt(app, count);
  } catch (error) {
    if (!isAppError(error)) throw error;
    app.log.info({ userId }, 'skipped an email because the recipient reached the hourly limit');
    return false;
  }
  try {
    await app.mailer.send(message);
  } catch (error) {
    await uncountAttempt(app, count);
    throw error;
  }
  return true;
}
