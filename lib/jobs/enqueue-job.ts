// Background work that is promised in a transaction: committed together with the change that needs it, or not at all.
import type { DbOrTx } from '#lib/platform/db.ts';

export type JobPayload = Record<string, string | number | boolean | null>;

/** A job with the same `key` that has not started yet is replaced: many changes, one run. */
export async function enqueueJob(
  tx: DbOrTx,
  name: string,
  payload: JobPayload,
  options: { key?: string } = {},
): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json, job_key => ${options.key ?? null}::text)`;
}
