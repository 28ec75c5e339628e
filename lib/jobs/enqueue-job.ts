// Background work that is promised in a transaction: committed together with the change that needs it, or not at all.
import type { DbOrTx } from '#lib/platform/db.ts';

export type JobPayload = Record<string, string | number | boolean | null>;

/** A job with the same `key` that has not started yet is replaced: many changes, one run. */
export async function enqueueJob(
  tx: DbOrTx,
  name: string,
  payload: JobPayload,
  { key, delaySeconds = 0 }: { key?: string; delaySeconds?: number } = {},
): Promise<void> {
  // A delayed job keeps its time, however often it is asked for meanwhile.
  const mode = delaySeconds > 0 ? 'preserve_run_at' : 'replace';
  const runAt = delaySeconds > 0 ? new Date(Date.now() + delaySeconds * 1000) : null;
  await tx.$queryRaw`
    SELECT 1 FROM graphile_worker.add_job(
      ${name}, ${JSON.stringify(payload)}::json,
      run_at => ${runAt}::timestamptz, job_key => ${key ?? null}::text, job_key_mode => ${mode}::text)`;
}
