// Waiting jobs in a form that any version of the queue can take.
import type pg from 'pg';
import { from as copyFrom, to as copyTo, type CopyStreamQuery, type CopyToStreamQuery } from 'pg-copy-streams';
import { JOBS_TABLE, TASKS_TABLE } from './queue-internals.sql.ts';

/** Copies jobs that haven't failed for good, one JSON document per row. */
export function copyJobs(client: pg.ClientBase): CopyToStreamQuery {
  return client.query(
    copyTo(
      `COPY (SELECT json_build_object('name', t.identifier, 'payload', j.payload, 'runAt', j.run_at, 'key', j.key, 'maxAttempts', j.max_attempts)
               FROM ${JOBS_TABLE} j JOIN ${TASKS_TABLE} t ON t.id = j.task_id
              WHERE j.attempts < j.max_attempts ORDER BY j.id) TO STDOUT`,
    ),
  );
}

/** Opens a table of the transaction for what `copyJobs` wrote. */
export async function openSavedJobs(tx: pg.ClientBase): Promise<CopyStreamQuery> {
  await tx.query('CREATE TEMPORARY TABLE saved_jobs (job json NOT NULL) ON COMMIT DROP');
  return tx.query(copyFrom('COPY saved_jobs (job) FROM STDIN'));
}

/** Adds the saved jobs to the queue. */
export async function addSavedJobs(tx: pg.ClientBase): Promise<void> {
  await tx.query(
    `SELECT count(graphile_worker.add_job(job->>'name', job->'payload', run_at => (job->>'runAt')::timestamptz,
                    job_key => job->>'key', max_attempts => (job->>'maxAttempts')::int)) FROM saved_jobs`,
  );
}
