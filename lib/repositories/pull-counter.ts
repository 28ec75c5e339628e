// Counts pulls in memory and writes them in batches, so that a pull never waits for the database.
import type pg from 'pg';
import { startFlushLoop, type FlushLoop } from '#lib/platform/concurrency/flush-loop.ts';
import type { Log } from '#lib/platform/log.ts';
import { announceEach } from '#lib/events/record-change.ts';

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
      await write(pool, batch);
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

/** One statement updates the day's counts and the repositories' totals and announces the changes. */
async function write(pool: pg.Pool, batch: Map<string, number>): Promise<void> {
  const rows = [...batch].map(([key, count]) => ({ parts: key.split(' '), count }));
  await pool.query(
    `WITH pulls AS (
       SELECT * FROM unnest($1::bigint[], $2::date[], $3::text[], $4::bigint[]) AS p (repository_id, day, tag, n)
        WHERE EXISTS (SELECT FROM repositories WHERE id = p.repository_id)
     ), counted AS (
       INSERT INTO pull_counts (repository_id, day, tag, count) SELECT * FROM pulls ORDER BY 1, 2, 3
       ON CONFLICT (repository_id, day, tag) DO UPDATE SET count = pull_counts.count + excluded.count
     ), totals AS (
       UPDATE repositories r SET pull_count = r.pull_count + p.n
         FROM (SELECT repository_id, sum(n) AS n FROM pulls GROUP BY 1) p WHERE r.id = p.repository_id
       RETURNING r.id
     )
     ${announceEach('image.pull', 'totals')}`,
    [
      rows.map((row) => row.parts[0]),
      rows.map((row) => row.parts[1]),
      rows.map((row) => row.parts[2]),
      rows.map((row) => row.count),
    ],
  );
}
