// Background work that is promised in a transaction: committed together with the change that needs it, or not at all.
import { runStatement, type AnyTx, type SqlStatement } from '#lib/platform/pg/run-statement.ts';

export type JobPayload = Record<string, string | number | boolean | null>;

// To add what waits already costs many times as much as to find it (docs/decisions/0015). The found job stays locked until the end of the
// transaction: workers pass over it until then, and so see the change. graphile-worker's views can't be locked; its version is pinned.
const ADD_JOB = `
  WITH waiting AS MATERIALIZED (
    SELECT FROM graphile_worker._private_jobs
     WHERE key = $4 AND locked_at IS NULL AND attempts = 0 AND payload::text = $2 AND run_at <= now() + make_interval(secs => $3::float8)
       FOR UPDATE
  )
  SELECT 1 FROM graphile_worker.add_job(
    $1::text, $2::json, run_at => now() + make_interval(secs => $3::float8), job_key => $4::text, job_key_mode => $5::text)
   WHERE NOT EXISTS (SELECT FROM waiting)`;

export type JobOptions = {
  /** Jobs that wait under the same key are one. */
  key?: string;
  delaySeconds?: number;
};

/** Many changes, one run: what waits under the same `key` is enough, or is replaced when it would come later or does something else. */
export async function enqueueJob(tx: AnyTx, name: string, payload: JobPayload, options?: JobOptions): Promise<void> {
  await runStatement(tx, jobStatement(name, payload, options));
}

export function jobStatement(
  name: string,
  payload: JobPayload,
  { key, delaySeconds = 0 }: JobOptions = {},
): SqlStatement {
  // A delayed job keeps its time, however often it is asked for meanwhile.
  const mode = delaySeconds > 0 ? 'preserve_run_at' : 'replace';
  const values = [name, JSON.stringify(payload), delaySeconds, key ?? null, mode];
  return { name: 'add-job', text: ADD_JOB, values };
}
