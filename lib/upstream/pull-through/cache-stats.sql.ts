import type pg from 'pg';
import type { UpstreamRateLimit } from '#lib/upstream/client/upstream-client.ts';

export type DayNews = {
  upstreamId: bigint;
  /** Null: since the last time, there was none. */
  answeredAt: Date | null;
  problem: string | null;
  problemAt: Date | null;
  counts: Record<'hits' | 'revalidated' | 'misses' | 'stale' | 'failures' | 'fetchedBytes' | 'servedBytes', number>;
};

/** Adds to today's counts of an upstream, unless it is gone. */
export async function addToDay(pool: pg.Pool, news: DayNews): Promise<void> {
  const { hits, revalidated, misses, stale, failures, fetchedBytes, servedBytes } = news.counts;
  const counts = [hits, revalidated, misses, stale, failures, fetchedBytes, servedBytes];
  await pool.query(
    `WITH seen AS (
       UPDATE upstreams SET answered_at = coalesce($2, answered_at), last_problem = coalesce($3, last_problem),
                            last_problem_at = coalesce($4, last_problem_at)
        WHERE id = $1 RETURNING id
     )
     INSERT INTO upstream_days AS d
            (upstream_id, day, hits, revalidated, misses, stale, failures, fetched_bytes, served_bytes)
     SELECT id, (now() AT TIME ZONE 'UTC')::date, $5, $6, $7, $8, $9, $10, $11 FROM seen
     ON CONFLICT (upstream_id, day) DO UPDATE
        SET hits = d.hits + excluded.hits, revalidated = d.revalidated + excluded.revalidated,
            misses = d.misses + excluded.misses, stale = d.stale + excluded.stale,
            failures = d.failures + excluded.failures, fetched_bytes = d.fetched_bytes + excluded.fetched_bytes,
            served_bytes = d.served_bytes + excluded.served_bytes`,
    [news.upstreamId, news.answeredAt, news.problem, news.problemAt, ...counts],
  );
}

/** Keeps the newest. */
export async function saveRateLimit(pool: pg.Pool, upstreamId: bigint, rateLimit: UpstreamRateLimit): Promise<void> {
  const { limit, remaining, windowSeconds, seenAt } = rateLimit;
  await pool.query(
    `UPDATE upstreams SET rate_limit = $2, rate_remaining = $3, rate_window_seconds = $4, rate_seen_at = $5
      WHERE id = $1 AND (rate_seen_at IS NULL OR rate_seen_at < $5)`,
    [upstreamId, limit, remaining, windowSeconds, seenAt],
  );
}
