// The engine of background work: graphile-worker on our own Postgres. What the jobs do is the domains' business.
import { Logger, parseCronItems, run, runMigrations } from 'graphile-worker';
import type pg from 'pg';
import type { Log } from '#lib/platform/log.ts';

export type JobHandler = (payload: unknown) => Promise<void>;

export type WorkerOptions = {
  pool: pg.Pool;
  log: Log;
  /** Job name → handler. A handler that throws is retried with a growing delay. */
  handlers: Record<string, JobHandler>;
  /** Jobs without a payload that run by themselves; `pattern` is a crontab pattern in UTC. */
  schedule: { job: string; pattern: string }[];
};

const CONCURRENT_JOBS = 2;
const POLL_INTERVAL_MS = 2_000;

/** Makes the queue's own tables. Safe to call at every start, and by two processes at once. */
export async function migrateJobs(pool: pg.Pool, log: Log): Promise<void> {
  await runMigrations({ pgPool: pool, logger: workerLogger(log) });
}

/**
 * Jobs that ran when a worker was killed stay locked for hours, and wait. For sites where no other process works: there whatever
 * is locked at the start was left by a crash.
 */
export async function releaseJobs(pool: pg.Pool): Promise<void> {
  await pool.query(
    `SELECT graphile_worker.force_unlock_workers(
       ARRAY(SELECT DISTINCT locked_by FROM graphile_worker.jobs WHERE locked_by IS NOT NULL))`,
  );
}

/** Starts working; the returned function stops taking jobs and waits for those that run. */
export async function runWorker({ pool, log, handlers, schedule }: WorkerOptions): Promise<() => Promise<void>> {
  const runner = await run({
    pgPool: pool,
    concurrency: CONCURRENT_JOBS,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    logger: workerLogger(log),
    taskList: Object.fromEntries(
      Object.entries(handlers).map(([name, handler]) => [name, (payload: unknown) => handler(payload)]),
    ),
    parsedCronItems: parseCronItems(
      schedule.map(({ job, pattern }) => ({
        task: job,
        match: pattern,
        identifier: job,
        options: { backfillPeriod: 0 },
      })),
    ),
  });
  return () => runner.stop();
}

function workerLogger(log: Log): Logger {
  return new Logger(() => (level, message, meta) => {
    if (level === 'error') log.error({ ...meta }, message);
    else if (level === 'warning') log.warn(message);
    else log.debug(message);
  });
}
