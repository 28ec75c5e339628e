// Attempt counters shared by all replicas. Concurrent attempts are limited like sequential ones.
import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Counts an attempt unless `limit` is reached within `seconds` of the first one. Returns whether it was counted. */
export async function countUpTo(
  db: DbOrTx,
  { key, limit, seconds }: { key: string; limit: number; seconds: number },
): Promise<boolean> {
  const counted = await db.$queryRaw<unknown[]>`
    INSERT INTO sign_up_counts AS c (key, count) VALUES (${key}, 1)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN c.started_at <= now() - make_interval(secs => ${seconds}::int) THEN 1 ELSE c.count + 1 END,
      started_at = CASE WHEN c.started_at <= now() - make_interval(secs => ${seconds}::int) THEN now() ELSE c.started_at END
    WHERE c.count < ${limit}::int OR c.started_at <= now() - make_interval(secs => ${seconds}::int)
    RETURNING 1`;
  return counted.length > 0;
}

export type FailureLimits = {
  key: string;
  /** Failures before delays start. */
  free: number;
  /** Doubles with each further failure. */
  firstDelaySeconds: number;
  maxDelaySeconds: number;
  forgottenAfterHours: number;
};

/** Counts a failure unless the current delay hasn't passed. Returns whether it was counted. */
export async function countFailure(db: DbOrTx, limits: FailureLimits): Promise<boolean> {
  const { key, free, firstDelaySeconds, maxDelaySeconds, forgottenAfterHours } = limits;
  const counted = await db.$queryRaw<unknown[]>`
    INSERT INTO sign_in_failures AS f (key, count) VALUES (${key}, 1)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN f.last_failed_at < now() - make_interval(hours => ${forgottenAfterHours}::int) THEN 1 ELSE f.count + 1 END,
      last_failed_at = now()
    WHERE f.count < ${free}::int OR f.last_failed_at <= now() - make_interval(secs => LEAST(
      ${maxDelaySeconds}::int, ${firstDelaySeconds}::int * power(2, LEAST(f.count - ${free}::int, 20))))
    RETURNING 1`;
  return counted.length > 0;
}
