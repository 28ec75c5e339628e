// Runs background jobs with graphile-worker on the site's PostgreSQL. Domains provide the handlers.
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, parseCronItems, run, runMigrations, type JobHelpers } from 'graphile-worker';
import type pg from 'pg';
import type { DirectDatabase } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { holdWorkerLock, type WorkerLock } from './hold-worker-lock.ts';
import { JobCounts } from './job-counts.ts';
import { installQueueAdapter } from './queue-internals.ts';
import { watchForLostJobs } from './release-lost-jobs.ts';
import { retryWhenUnavailable } from './retry-when-unavailable.ts';
import { hasLockedJobs } from './worker-locks.sql.ts';

export type JobHandler = (payload: unknown) => Promise<void>;

export type WorkerOptions = {
  direct: DirectDatabase;
  log: Log;
  /** Handlers by job name. A job whose handler throws is retried with a growing delay. */
  handlers: Record<string, JobHandler>;
  /** Jobs without a payload that run on a schedule. `pattern` is a crontab pattern in UTC. */
  schedule: { job: string; pattern: string }[];
  counts?: JobCounts;
};

/** SQLSTATE. */
const NOT_ALLOWED = '42501';
const CONCURRENT_JOBS = 2;
const POLL_INTERVAL_MS = 2_000;
const ENDING = { looks: 40, intervalMs: 50 };

/**
 * Creates the queue's own tables. Safe to call at every start, and by two processes at once.
 * @throws AppError `unavailable` with a sentence when the database user lacks the right
 */
export async function migrateJobs(pool: pg.Pool, log: Log): Promise<void> {
  try {
    await runMigrations({ pgPool: pool, logger: workerLogger(log) });
    await installQueueAdapter(pool, log);
  } catch (cause) {
    if (errorCode(cause) !== NOT_ALLOWED) throw cause;
    const sentence =
      "This database user isn't allowed to create or migrate the job queue (the schema graphile_worker and the function enqueue_job). Run `npm run vitrine -- migrate` with a user who is.";
    throw new AppError('unavailable', sentence, { cause });
  }
}

/** Starts a worker. The returned function stops it and waits for running jobs. */
export async function runWorker(options: WorkerOptions): Promise<() => Promise<void>> {
  const { direct, log, handlers, schedule, counts = new JobCounts() } = options;
  const { pool, hasSessions } = direct;
  const locks = createWorkerLocks(direct, log);
  const runner = await run({
    pgPool: retryWhenUnavailable(pool),
    concurrency: CONCURRENT_JOBS,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    noPreparedStatements: !hasSessions,
    logger: workerLogger(log),
    preset: { plugins: [locks.plugin] },
    taskList: Object.fromEntries(
      Object.entries(handlers).map(([name, handler]) => [
        name,
        (payload: unknown, { job }: JobHelpers) =>
          counts.run(name, job.attempts >= job.max_attempts, () => handler(payload)),
      ]),
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
  const stopWatching = watchForLostJobs({ pool, log });
  return async () => {
    await runner.stop();
    await stopWatching();
    await untilNoneIsLocked({ pool, log }, locks.workerIds());
    await locks.release();
  };
}

/** Waits until finished jobs are removed from the queue, which graphile-worker doesn't. A remaining job would run again. */
async function untilNoneIsLocked({ pool, log }: { pool: pg.Pool; log: Log }, workerIds: string[]): Promise<void> {
  try {
    for (let look = 0; look < ENDING.looks; look += 1) {
      if (!(await hasLockedJobs(pool, workerIds))) return;
      await sleep(ENDING.intervalMs);
    }
    log.warn('a job is still locked and will run again');
  } catch (error) {
    log.warn({ err: error }, 'failed to check for locked jobs');
  }
}

/** Makes each worker pool hold its lock before it takes jobs. */
function createWorkerLocks(direct: DirectDatabase, log: Log) {
  const locks = new Map<string, WorkerLock>();
  const hold = (workerId: string) => {
    const lock = locks.get(workerId) ?? holdWorkerLock({ direct, log, workerId });
    locks.set(workerId, lock);
    return lock.held;
  };
  const plugin: GraphileConfig.Plugin = {
    name: 'vitrine-worker-lock',
    worker: { hooks: { startWorker: (_context, { worker }) => hold(worker.workerPool.id) } },
  };
  const release = () => Promise.all([...locks.values()].map((lock) => lock.release()));
  return { plugin, workerIds: () => [...locks.keys()], release };
}

function workerLogger(log: Log): Logger {
  return new Logger(() => (level, message, meta) => {
    if (level === 'error') log.error({ ...meta }, message);
    else if (level === 'warning') log.warn(message);
    else log.debug(message);
  });
}
