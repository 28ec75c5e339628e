import type pg from 'pg';
import type { UpstreamRateLimit } from '#lib/upstream/client/upstream-client.ts';

export type DayNews = {
  upstreamId: bigint;
  /** Null: since the last time, there was none. */
  answeredAt: Date | null;
  problem: string | null;
  problemAt: Date | null;
  rateLimit: UpstreamRateLimit | null;
  counts: Record<'hits' | 'revalidated' | 'misses' | 'stale' | 'failures' | 'fetchedBytes' | 'servedBytes', number>;
};

/** Adds to today's counts of an upstream, and keeps its newest limit, unless it is gone. */
export async function addToDay(pool: pg.Pool, news: DayNews): Promise<void> {
  const { hits, revalidated, misses, stale, failures, fetchedBytes, servedBytes } = news.counts;
  const counts = [hits, revalidated, misses, stale, failures, fetchedBytes, servedBytes];
  const { rateLimit } = news;
  const limit = [rateLimit?.limit, rateLimit?.remaining, rateLimit?.windowSeconds, rateLimit?.seenAt];
  await pool.query(
    `WITH seen AS (
       UPDATE upstreams SET answered_at = coalesce($2, answered_at), last_problem = coalesce($3, last_problem),
                            last_problem_at = coalesce($4, last_problem_at),
                            (rate_limit, rate_remaining, rate_window_seconds, rate_seen_at) = (
                              SELECT * FROM (VALUES ($12::int, $13::int, $14::int, $15::timestamptz),
                                                    (rate_limit, rate_remaining, rate_window_seconds, rate_seen_at))
                                         AS l (of, remaining, window_seconds, seen_at) ORDER BY seen_at DESC NULLS LAST LIMIT 1)
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
    [news.upstreamId, news.answeredAt, news.problem, news.problemAt, ...counts, ...limit],
  );
}
