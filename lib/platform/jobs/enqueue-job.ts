// Enqueues background jobs transactionally: a job is committed with the change that needs it, or not at all.
import { runStatement, type AnyTx, type SqlStatement } from '#lib/platform/pg/run-statement.ts';
import { enqueueStatement } from './enqueue-job.sql.ts';

export type JobPayload = Record<string, string | number | boolean | null>;

export type JobOptions = {
  /** Deduplicates pending jobs. */
  key?: string;
  delaySeconds?: number;
};

/** Adds a job unless one with the same `key` and payload is pending. Replaces one that would run later or has another payload. */
export async function enqueueJob(tx: AnyTx, name: string, payload: JobPayload, options?: JobOptions): Promise<void> {
  await runStatement(tx, jobStatement(name, payload, options));
}

export function jobStatement(
  name: string,
  payload: JobPayload,
  { key, delaySeconds = 0 }: JobOptions = {},
): SqlStatement {
  // A delayed job keeps its scheduled time however often it is enqueued again.
  const mode = delaySeconds > 0 ? 'preserve_run_at' : 'replace';
  return enqueueStatement({ name, payload, key: key ?? null, delaySeconds, mode });
}
