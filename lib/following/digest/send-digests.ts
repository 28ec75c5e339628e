import { UNNAMED_ADMIN_EMAIL } from '#lib/identity/accounts/ensure-first-admin.ts';
import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import { emailUser } from '#lib/identity/email/email-user.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Mailer } from '#lib/platform/net/mailer.ts';
import { readFeed } from '#lib/following/read-feed.ts';
import type { FeedItemPosition } from '#lib/following/schema.ts';
import { PERIOD_MS, type DigestPeriod } from './digest-periods.ts';
import { signId } from '#lib/following/signed-id.ts';
import { writeDigest } from './write-digest.ts';

type DigestApp = {
  db: Db;
  config: Pick<ServerConfig, 'publicUrl'>;
  mailer: Mailer | null;
  log: Log;
  authKeys: Pick<AuthKeys, 'unsubscribe'>;
};
type DueDigest = { userId: string; period: DigestPeriod; since: Date; dueAt: Date; user: { email: string } };

/** The job runs every ten minutes. */
const DIGESTS_PER_RUN = 500;
/** Then the mail server is probably down. */
const MAX_FAILURES_IN_A_ROW = 5;
const RETRY_MS = 3_600_000;
const MAX_ROWS = 200;
/** Pushes commit shortly after their time. What is newer waits for the next digest. */
const SETTLING_MS = 60_000;
const LAST_ID = 2n ** 62n;

/** Mails the digests that are due, to users with a proven address, if something happened. */
export async function sendDigests(app: DigestApp, now = new Date()): Promise<void> {
  const { mailer } = app;
  if (!mailer) return;
  const due = await app.db.digest.findMany({
    where: {
      dueAt: { lte: now },
      user: { disabledAt: null, emailProvenAt: { not: null }, email: { not: UNNAMED_ADMIN_EMAIL } },
    },
    orderBy: { dueAt: 'asc' },
    take: DIGESTS_PER_RUN,
    include: { user: { select: { email: true } } },
  });
  let failures = 0;
  for (const digest of due) {
    try {
      await sendDigest({ ...app, mailer }, digest, now);
      failures = 0;
    } catch (error) {
      failures += 1;
      app.log.warn({ err: error, userId: digest.userId }, 'failed to email a digest, will retry in an hour');
      if (failures >= MAX_FAILURES_IN_A_ROW) return;
    }
  }
}

async function sendDigest(app: DigestApp & { mailer: Mailer }, digest: DueDigest, now: Date): Promise<void> {
  const { userId, period, since, dueAt, user } = digest;
  // Claims it, so that another worker doesn't send it too. If this one fails, it is due again in an hour.
  const claim = { where: { userId, dueAt }, data: { dueAt: new Date(now.getTime() + RETRY_MS) } };
  if ((await app.db.digest.updateMany(claim)).count === 0) return;
  const until = new Date(now.getTime() - SETTLING_MS);
  const before: FeedItemPosition = { at: until, source: 'deprecation', id: LAST_ID };
  const { items, next } = await readFeed(app, { userId, before, since, limit: MAX_ROWS });
  if (items.length > 0) {
    const { publicUrl } = app.config;
    // The same when it is sent again after a crash, so that mail clients drop the second one.
    const messageId = `<digest-${userId}-${since.getTime()}@${new URL(publicUrl).hostname}>`;
    const token = signId(app.authKeys.unsubscribe, userId);
    const message = writeDigest({ publicUrl, to: user.email, messageId, period, items, hasMore: next !== null, token });
    if (!(await emailUser(app, { userId, message }))) return;
  }
  const data = { since: until, dueAt: new Date(now.getTime() + PERIOD_MS[period]) };
  await app.db.digest.updateMany({ where: { userId, period }, data });
}
