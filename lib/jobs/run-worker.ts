// The engine of background work: graphile-worker on our own Postgres. What the jobs do is the domains' business.
import { Logger, parseCronItems, run, runMigrations } from 'graphile-worker';
import type pg from 'pg';
import type { Log } from '#lib/platform/log.ts';
import { holdWorkerLock, type WorkerLock } from './hold-worker-lock.ts';
import { watchForLostJobs } from './release-lost-jobs.ts';

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

/** Starts working; the returned function stops taking jobs and waits for those that run. */
export async function runWorker({ pool, log, handlers, schedule }: WorkerOptions): Promise<() => Promise<void>> {
  const locks = createWorkerLocks(pool, log);
  const runner = await run({
    pgPool: pool,
    concurrency: CONCURRENT_JOBS,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    logger: workerLogger(log),
    preset: { plugins: [locks.plugin] },
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
  const stopWatching = watchForLostJobs({ pool, log });
  return async () => {
    await runner.stop();
    await stopWatching();
    await locks.release();
  };
}

/** Jobs are locked in the name of a pool of workers: it takes none before it holds its lock. */
function createWorkerLocks(pool: pg.Pool, log: Log) {
  const locks = new Map<string, WorkerLock>();
  const hold = (workerId: string) => {
    const lock = locks.get(workerId) ?? holdWorkerLock({ pool, log, workerId });
    locks.set(workerId, lock);
    return lock.held;
  };
  const plugin: GraphileConfig.Plugin = {
    name: 'vitrine-worker-lock',
    worker: { hooks: { startWorker: (_context, { worker }) => hold(worker.workerPool.id) } },
  };
  const release = () => Promise.all([...locks.values()].map((lock) => lock.release()));
  return { plugin, release };
}

function workerLogger(log: Log): Logger {
  return new Logger(() => (level, message, meta) => {
    if (level === 'error') log.error({ ...meta }, message);
    else if (level === 'warning') log.warn(message);
    else log.debug(message);
  });
}
