import type { SqlStatement } from '#lib/platform/pg/run-statement.ts';

export type QueuedJob = {
  name: string;
  payload: object;
  /** Null if the job isn't deduplicated. */
  key: string | null;
  delaySeconds: number;
  /** Whether a pending job with the same key keeps its scheduled time. */
  mode: 'preserve_run_at' | 'replace';
};

export function enqueueStatement({ name, payload, key, delaySeconds, mode }: QueuedJob): SqlStatement {
  const text = 'SELECT enqueue_job($1::text, $2::json, $3::float8, $4::text, $5::text)';
  return { name: 'enqueue-job', text, values: [name, JSON.stringify(payload), delaySeconds, key, mode] };
}
