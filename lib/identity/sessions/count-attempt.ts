import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { describeWait } from './attempt-keys.ts';
import { countUpTo } from './count-attempt.sql.ts';

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
  if (await countUpTo(app.db, { key, limit, seconds: HOUR_SECONDS })) return;
  const row = await app.db.signUpCount.findUnique({ where: { key } });
  const elapsedSeconds = row ? (Date.now() - row.startedAt.getTime()) / 1000 : HOUR_SECONDS;
  const retryAfterSeconds = Math.max(1, Math.ceil(HOUR_SECONDS - elapsedSeconds));
  throw new AppError('rate_limited', `${sentence} Try again in ${describeWait(retryAfterSeconds)}.`, {
    retryAfterSeconds,
  });
}
