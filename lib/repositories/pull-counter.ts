// Counts pulls in memory and writes them in batches, so that a pull never waits for the database.
import type pg from 'pg';
import { startFlushLoop, type FlushLoop } from '#lib/platform/concurrency/flush-loop.ts';
import type { Log } from '#lib/platform/log.ts';
import { addPulls, type PullRow } from './pull-counter.sql.ts';

const FLUSH_INTERVAL_MS = 5_000;

export type PullCounter = FlushLoop & {
  /** `tag` is null for a pull by digest. Never throws or blocks. */
  count: (repositoryId: bigint, tag: string | null) => void;
};

export function createPullCounter({ pool, log }: { pool: pg.Pool; log: Log }): PullCounter {
  let counts = new Map<string, number>();
  const add = (key: string, n: number) => counts.set(key, (counts.get(key) ?? 0) + n);

  const writeAll = async (): Promise<void> => {
    if (counts.size === 0) return;
    const batch = counts;
    counts = new Map();
    try {
      await addPulls(pool, toRows(batch));
    } catch (error) {
      // Keep the counts for the next flush, so that a database outage loses none.
      for (const [key, n] of batch) add(key, n);
      log.warn({ err: error }, 'writing pull counts failed, retrying');
    }
  };

  const count = (repositoryId: bigint, tag: string | null) => {
    const day = new Date().toISOString().slice(0, 10);
    add(`${repositoryId} ${day} ${tag ?? ''}`, 1);
  };
  return { ...startFlushLoop(FLUSH_INTERVAL_MS, writeAll), count };
}

function toRows(batch: Map<string, number>): PullRow[] {
  return [...batch].map(([key, count]) => {
    const [repositoryId = '', day = '', tag = ''] = key.split(' ');
    return { repositoryId, day, tag, count };
  });
}
