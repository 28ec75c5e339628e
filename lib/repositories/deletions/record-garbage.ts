import type { DbOrTx } from '#lib/platform/pg/db.ts';

/**
 * Marks what this transaction deletes as a recorded delete. Garbage collection removes any number of the blobs that it leaves without a link
 * (distribution/garbage/brake.ts).
 */
export async function recordGarbage(tx: DbOrTx): Promise<void> {
  await tx.$executeRaw`SELECT set_config('vitrine.recorded_delete', 'on', true)`;
}
