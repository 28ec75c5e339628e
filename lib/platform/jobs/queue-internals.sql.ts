// The only file that names private tables of graphile-worker, whose version is pinned.
import { createHash } from 'node:crypto';
import type pg from 'pg';

/** The table behind the view `graphile_worker.jobs`. */
export const JOBS_TABLE = 'graphile_worker._private_jobs';
/** Holds the names of jobs. */
export const TASKS_TABLE = 'graphile_worker._private_tasks';

/** The signature of the function that `enqueueStatement` calls. */
const SIGNATURE = 'enqueue_job(text, json, float8, text, text)';

/** An advisory lock key that nothing else in Vitrine uses. */
const INSTALL_LOCK = createHash('sha256').update(SIGNATURE).digest().readInt32BE(0);

const ADD = `
  PERFORM graphile_worker.add_job(name, payload, run_at => due, job_key => key, job_key_mode => mode);
  RETURN true;`;

const DECLARE = `
DECLARE
  due timestamptz := now() + make_interval(secs => delay_seconds);`;

/**
 * Adding a pending job again costs many times as much as finding it (docs/decisions/0015). The found row stays locked until the
 * transaction ends. Workers skip locked rows, so the job runs after the commit. The queue's views can't be locked.
 */
export const FINDING_BODY = `${DECLARE}
BEGIN
  PERFORM FROM ${JOBS_TABLE} AS job
    WHERE job.key = enqueue_job.key AND job.locked_at IS NULL AND job.attempts = 0 AND job.run_at <= due
      AND job.payload::text = enqueue_job.payload::text
      FOR UPDATE;
  IF FOUND THEN RETURN false; END IF;${ADD}
END`;

export const PLAIN_BODY = `${DECLARE}
BEGIN${ADD}
END`;

/** The columns that `FINDING_BODY` uses. */
export const RELIED_ON = [
  'attempts smallint',
  'key text',
  'locked_at timestamp with time zone',
  'payload json',
  'run_at timestamp with time zone',
];

export type QueueShape = {
  /** The columns of the queue's table with their types. */
  columns: string[];
  /** The body of the installed function; null if there is none. */
  body: string | null;
};

export async function readQueueShape(client: pg.Pool | pg.ClientBase): Promise<QueueShape> {
  const { rows } = await client.query<QueueShape>(
    `SELECT (SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure($1)) AS body,
            ARRAY(SELECT attname || ' ' || format_type(atttypid, NULL) FROM pg_attribute
                   WHERE attrelid = to_regclass($2) AND attnum > 0 AND NOT attisdropped) AS columns`,
    [SIGNATURE, JOBS_TABLE],
  );
  return rows[0] ?? { columns: [], body: null };
}

/** Serialises installations until the transaction ends. */
export async function lockInstallation(tx: pg.ClientBase): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [INSTALL_LOCK]);
}

/** Replaces the installed function, which returns whether it added a job. */
export async function installEnqueueFunction(tx: pg.ClientBase, body: string): Promise<void> {
  await tx.query(`
    CREATE OR REPLACE FUNCTION enqueue_job(name text, payload json, delay_seconds float8, key text, mode text) RETURNS boolean
    LANGUAGE plpgsql AS $body$${body}$body$`);
}
