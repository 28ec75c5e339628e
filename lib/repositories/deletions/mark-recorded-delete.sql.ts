import type { DbOrTx } from '#lib/platform/pg/db.ts';

/**
 * Marks this transaction's deletes as recorded. Garbage collection may then remove any number of blobs that they unlink
 * (distribution/garbage/brake.ts).
 */
export async function markRecordedDelete(tx: DbOrTx): Promise<void> {
  await tx.$executeRaw`SELECT set_config('vitrine.recorded_delete', 'on', true)`;
}
