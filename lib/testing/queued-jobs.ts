// The queue as tests see it, through the documented functions of graphile-worker.
import type pg from 'pg';
import { JOBS_TABLE } from '#lib/platform/jobs/queue-internals.sql.ts';

type App = { pool: pg.Pool };

/** Removes all jobs that don't run. */
export async function clearJobs({ pool }: App): Promise<void> {
  await pool.query('SELECT FROM graphile_worker.complete_jobs(ARRAY(SELECT id FROM graphile_worker.jobs))');
}

/** Lists the payloads of a task's jobs that don't run, oldest first. */
export async function readJobs({ pool }: App, task: string): Promise<object[]> {
  const { rows } = await pool.query<{ payload: object }>(
    // Rescheduling to nothing else changes nothing. It's the documented way to a job's payload.
    `SELECT payload FROM graphile_worker.reschedule_jobs(ARRAY(SELECT id FROM graphile_worker.jobs WHERE task_identifier = $1))
      ORDER BY id`,
    [task],
  );
  return rows.map(({ payload }) => payload);
}

/** Removes a task's jobs that don't run, and returns their payloads. */
export async function takeJobs({ pool }: App, task: string): Promise<object[]> {
  const { rows } = await pool.query<{ payload: object }>(
    `SELECT payload FROM graphile_worker.complete_jobs(ARRAY(SELECT id FROM graphile_worker.jobs WHERE task_identifier = $1))
      ORDER BY id`,
    [task],
  );
  return rows.map(({ payload }) => payload);
}

/** Makes all jobs look as if they had failed `attempts` times, and puts the next attempt off. */
export async function failJobs({ pool }: App, attempts: number): Promise<void> {
  await pool.query(
    `SELECT FROM graphile_worker.reschedule_jobs(
       ARRAY(SELECT id FROM graphile_worker.jobs), run_at => now() + interval '1 hour', attempts => $1::int)`,
    [attempts],
  );
}

/** Makes the database take `seconds` to remove a finished job. */
export async function slowDownRemoval({ pool }: App, seconds: number): Promise<void> {
  await pool.query(`
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN OLD; END $$;
    CREATE TRIGGER slow BEFORE DELETE ON ${JOBS_TABLE} FOR EACH ROW EXECUTE FUNCTION wait()`);
}

/** Changes the type of a column, as another version of graphile-worker might. */
export async function changePayloadType({ pool }: App): Promise<void> {
  await pool.query(
    `CREATE DOMAIN job_payload AS json; ALTER TABLE ${JOBS_TABLE} ALTER COLUMN payload TYPE job_payload`,
  );
}
