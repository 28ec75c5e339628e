// Counts pull-through events in memory and flushes them in batches, one row per upstream and day.
import type pg from 'pg';
import { startFlushLoop, type FlushLoop } from '#lib/platform/concurrency/flush-loop.ts';
import type { Log } from '#lib/platform/log.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import type { UpstreamRateLimit } from '#lib/upstream/client/upstream-client.ts';
import { addToDay } from './cache-stats.sql.ts';

const FLUSH_INTERVAL_MS = 5_000;
const MAX_PROBLEM_LENGTH = 500;

export const COUNTED = ['hits', 'revalidated', 'misses', 'stale', 'failures', 'fetchedBytes', 'servedBytes'] as const;
export type Counted = (typeof COUNTED)[number];

export const COUNT_OF_STATUS = {
  HIT: 'hits',
  REVALIDATED: 'revalidated',
  MISS: 'misses',
  STALE: 'stale',
} as const satisfies Record<CacheStatus, Counted>;

export type CacheStats = FlushLoop & {
  count: (upstreamId: bigint, what: Counted, amount?: number) => void;
  /** The upstream answered. */
  recordResponse: (upstreamId: bigint) => void;
  /** The upstream didn't answer, with the reason as a sentence. */
  recordProblem: (upstreamId: bigint, problem: string) => void;
  /** The upstream's RateLimit headers. Null: it sends none. */
  recordRateLimit: (upstreamId: bigint, rateLimit: UpstreamRateLimit | null) => void;
  /** Since the process started, for metrics. */
  totals: () => ReadonlyMap<bigint, Record<Counted, number>>;
};

type News = {
  counts: Record<Counted, number>;
  answeredAt: Date | null;
  problem: string | null;
  problemAt: Date | null;
  rateLimit: UpstreamRateLimit | null;
};

const noCounts = (): Record<Counted, number> => ({
  hits: 0,
  revalidated: 0,
  misses: 0,
  stale: 0,
  failures: 0,
  fetchedBytes: 0,
  servedBytes: 0,
});

export function createCacheStats({ pool, log }: { pool: pg.Pool; log: Log }): CacheStats {
  const totals = new Map<bigint, Record<Counted, number>>();
  let news = new Map<bigint, News>();
  const newsOf = (upstreamId: bigint): News => {
    const known = news.get(upstreamId);
    if (known) return known;
    const fresh = { counts: noCounts(), answeredAt: null, problem: null, problemAt: null, rateLimit: null };
    news.set(upstreamId, fresh);
    return fresh;
  };

  const writeAll = async (): Promise<void> => {
    const batch = news;
    news = new Map();
    for (const [upstreamId, item] of batch) {
      await write(pool, upstreamId, item).catch((error: unknown) => {
        // Keep the counts for the next flush. The problem is no longer the latest, so drop it.
        const later = newsOf(upstreamId);
        for (const what of COUNTED) later.counts[what] += item.counts[what];
        log.warn({ err: error }, 'flushing pull-through counts failed, retrying');
      });
    }
  };

  return {
    ...startFlushLoop(FLUSH_INTERVAL_MS, writeAll),
    count: (upstreamId, what, amount = 1) => {
      newsOf(upstreamId).counts[what] += amount;
      const total = totals.get(upstreamId) ?? noCounts();
      total[what] += amount;
      totals.set(upstreamId, total);
    },
    recordResponse: (upstreamId) => {
      newsOf(upstreamId).answeredAt = new Date();
    },
    recordProblem: (upstreamId, problem) => {
      Object.assign(newsOf(upstreamId), { problem: problem.slice(0, MAX_PROBLEM_LENGTH), problemAt: new Date() });
    },
    recordRateLimit: (upstreamId, rateLimit) => {
      if (rateLimit) newsOf(upstreamId).rateLimit = rateLimit;
    },
    totals: () => totals,
  };
}

/** Writes nothing for an upstream that was deleted meanwhile. */
async function write(pool: pg.Pool, upstreamId: bigint, news: News): Promise<void> {
  await addToDay(pool, { upstreamId, ...news });
}
