import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { describeWait } from './attempt-keys.ts';

const HOUR_SECONDS = 3_600;

export type Count = { key: string; limit: number; sentence: string };

/** Reverts the count of an attempt that didn't take place. */
export async function uncountAttempt(app: { db: DbOrTx }, { key }: { key: string }): Promise<void> {
  await app.db.signUpCount.updateMany({ where: { key, count: { gt: 0 } }, data: { count: { decrement: 1 } } });
}

/**
 * Enforces an hourly limit per key across all replicas. The hour starts with the first attempt.
 * A single statement checks and counts, so that concurrent attempts can't exceed the limit.
 * @throws AppError `rate_limited`
 */
export async function countAttempt(app: { db: DbOrTx }, { key, limit, sentence }: Count): Promise<void> {
  const counted = await app.db.$queryRaw<unknown[]>`
    INSERT INTO sign_up_counts AS c (key, count) VALUES (${key}, 1)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN c.started_at <= now() - make_interval(secs => ${HOUR_SECONDS}::int) THEN 1 ELSE c.count + 1 END,
      started_at = CASE WHEN c.started_at <= now() - make_interval(secs => ${HOUR_SECONDS}::int) THEN now() ELSE c.started_at END
    WHERE c.count < ${limit}::int OR c.started_at <= now() - make_interval(secs => ${HOUR_SECONDS}::int)
    RETURNING 1`;
  if (counted.length > 0) return;
  const row = await app.db.signUpCount.findUnique({ where: { key } });
  const elapsedSeconds = row ? (Date.now() - row.startedAt.getTime()) / 1000 : HOUR_SECONDS;
  const retryAfterSeconds = Math.max(1, Math.ceil(HOUR_SECONDS - elapsedSeconds));
  throw new AppError('rate_limited', `${sentence} Try again in ${describeWait(retryAfterSeconds)}.`, {
    retryAfterSeconds,
  });
}
