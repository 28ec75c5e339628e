// Counts pulls in memory and writes them in batches, so that a pull never waits for the database.
import type pg from 'pg';
import { startFlushLoop, type FlushLoop } from '#lib/platform/concurrency/flush-loop.ts';
import type { Log } from '#lib/platform/log.ts';
import { addPulls, markPulled, type PulledManifestRow, type PullRow } from './pull-counter.sql.ts';

const FLUSH_INTERVAL_MS = 5_000;

/** `tag` is null for a pull by digest. `digest` is what the tag points to. `userId` is null for an anonymous client. */
export type CountedPull = { repositoryId: bigint; tag: string | null; digest: string; userId: string | null };

export type PullCounter = FlushLoop & {
  /** Never throws or blocks. */
  count: (pull: CountedPull) => void;
  /** Since the process started, for metrics. */
  totals: { anonymous: number; user: number };
};

export function createPullCounter({ pool, log }: { pool: pg.Pool; log: Log }): PullCounter {
  let counts = new Map<string, number>();
  let pulledAt = new Map<string, number>();
  const totals = { anonymous: 0, user: 0 };
  const add = (key: string, n: number) => counts.set(key, (counts.get(key) ?? 0) + n);

  const writeAll = async (): Promise<void> => {
    if (counts.size === 0 && pulledAt.size === 0) return;
    const batch = counts;
    const pulled = pulledAt;
    counts = new Map();
    pulledAt = new Map();
    try {
      await addPulls(pool, toRows(batch));
    } catch (error) {
      // Keep the counts for the next flush, so that a database outage loses none.
      for (const [key, n] of batch) add(key, n);
      log.warn({ err: error }, 'writing pull counts failed, retrying');
    }
    try {
      await markPulled(pool, toPulledRows(pulled));
    } catch (error) {
      for (const [key, at] of pulled) if (!pulledAt.has(key)) pulledAt.set(key, at);
      log.warn({ err: error }, 'writing pull times failed, retrying');
    }
  };

  const count = ({ repositoryId, tag, digest, userId }: CountedPull) => {
    totals[userId === null ? 'anonymous' : 'user'] += 1;
    const now = new Date();
    add(`${repositoryId} ${now.toISOString().slice(0, 10)} ${tag ?? ''}`, 1);
    pulledAt.set(`${repositoryId} ${digest} ${userId ?? ''}`, now.getTime());
  };
  return { ...startFlushLoop(FLUSH_INTERVAL_MS, writeAll), count, totals };
}

function toRows(batch: Map<string, number>): PullRow[] {
  return [...batch].map(([key, count]) => {
    const [repositoryId = '', day = '', tag = ''] = key.split(' ');
    return { repositoryId, day, tag, count };
  });
}

function toPulledRows(pulled: Map<string, number>): PulledManifestRow[] {
  return [...pulled].map(([key, at]) => {
    const [repositoryId = '', digest = '', userId = ''] = key.split(' ');
    return { repositoryId, digest, userId: userId || null, at: new Date(at) };
  });
}
