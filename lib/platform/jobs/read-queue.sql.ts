// Reads the job queue for operators, without payloads.
import type { DbOrTx } from '#lib/platform/pg/db.ts';

const MAX_ERROR_LENGTH = 500;

export type QueueCounts = {
  /** Pending and scheduled jobs. */
  waiting: number;
  running: number;
  /** Jobs without remaining attempts. */
  failed: number;
};

export async function countJobs(app: { db: DbOrTx }): Promise<QueueCounts> {
  const [counts] = await app.db.$queryRaw<QueueCounts[]>`
    SELECT count(*) FILTER (WHERE locked_at IS NULL AND attempts < max_attempts)::int AS waiting,
           count(*) FILTER (WHERE locked_at IS NOT NULL)::int AS running,
           count(*) FILTER (WHERE locked_at IS NULL AND attempts >= max_attempts)::int AS failed
    FROM graphile_worker.jobs`;
  return counts ?? { waiting: 0, running: 0, failed: 0 };
}

/** Counts jobs that could run now, up to `limit`. */
export async function countDueJobs(app: { db: DbOrTx }, limit: number): Promise<number> {
  const [row] = await app.db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT FROM graphile_worker.jobs WHERE locked_at IS NULL AND attempts < max_attempts AND run_at <= now() LIMIT ${limit}
    ) AS due`;
  return row?.count ?? 0;
}

export type JobFailure = {
  id: string;
  job: string;
  attempts: number;
  maxAttempts: number;
  error: string;
  /** When the last attempt failed. */
  failedAt: Date;
  /** Null if no attempts remain. */
  nextTryAt: Date | null;
};

/** Lists jobs whose last attempt failed, most recent first. */
export async function listJobFailures(app: { db: DbOrTx }, { limit }: { limit: number }): Promise<JobFailure[]> {
  return app.db.$queryRaw<JobFailure[]>`
    SELECT id::text, task_identifier AS job, attempts::int, max_attempts::int AS "maxAttempts",
           left(last_error, ${MAX_ERROR_LENGTH}::int) AS error, updated_at AS "failedAt",
           CASE WHEN attempts < max_attempts THEN run_at END AS "nextTryAt"
    FROM graphile_worker.jobs
    WHERE last_error IS NOT NULL AND locked_at IS NULL
    ORDER BY updated_at DESC, id DESC
    LIMIT ${limit}::int`;
}

/** Returns how long the most overdue job has been waiting. */
export async function readQueueDelaySeconds(app: { db: DbOrTx }): Promise<number> {
  const [row] = await app.db.$queryRaw<{ seconds: number }[]>`
    SELECT coalesce(extract(epoch FROM now() - min(run_at)), 0)::float8 AS seconds
    FROM graphile_worker.jobs
    WHERE locked_at IS NULL AND attempts < max_attempts AND run_at < now()`;
  return row?.seconds ?? 0;
}

export type QueueOfJob = { job: string; due: number; failed: number; lagSeconds: number };

/** Counts due and failed jobs by name, with how long the oldest due one has waited. */
export async function readQueueByJob(app: { db: DbOrTx }): Promise<QueueOfJob[]> {
  return app.db.$queryRaw<QueueOfJob[]>`
    SELECT task_identifier AS job,
           count(*) FILTER (WHERE attempts < max_attempts AND run_at <= now())::int AS due,
           count(*) FILTER (WHERE attempts >= max_attempts)::int AS failed,
           coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE attempts < max_attempts AND run_at <= now())), 0)::float8
             AS "lagSeconds"
    FROM graphile_worker.jobs WHERE locked_at IS NULL GROUP BY task_identifier ORDER BY task_identifier`;
}
