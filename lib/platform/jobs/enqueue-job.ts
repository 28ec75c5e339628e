// Background work promised in a transaction: committed together with the change that needs it, or not at all.
import { runStatement, type AnyTx, type SqlStatement } from '#lib/platform/pg/run-statement.ts';
import { enqueueStatement } from './enqueue-job.sql.ts';

export type JobPayload = Record<string, string | number | boolean | null>;

export type JobOptions = {
  /** Waiting jobs of the same key are one. */
  key?: string;
  delaySeconds?: number;
};

/** Adds a job, unless one of the same `key` and payload waits. Replaces one that would run later or has another payload. */
export async function enqueueJob(tx: AnyTx, name: string, payload: JobPayload, options?: JobOptions): Promise<void> {
  await runStatement(tx, jobStatement(name, payload, options));
}

export function jobStatement(
  name: string,
  payload: JobPayload,
  { key, delaySeconds = 0 }: JobOptions = {},
): SqlStatement {
  // A delayed job keeps its time, however often it is enqueued meanwhile.
  const mode = delaySeconds > 0 ? 'preserve_run_at' : 'replace';
  return enqueueStatement({ name, payload, key: key ?? null, delaySeconds, mode });
}
