import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

export const EVICT_BLOBS = 'evict-cached-blobs';
const DELAY_SECONDS = 10;

/** Something was added to the cache: look soon whether it is still within its budget. Many additions are one look. */
export async function enqueueEviction(tx: DbOrTx): Promise<void> {
  await enqueueJob(tx, EVICT_BLOBS, {}, { key: EVICT_BLOBS, delaySeconds: DELAY_SECONDS });
}
