import type { DbOrTx } from '#lib/platform/db.ts';

/**
 * Says that what this transaction deletes is meant to go: its blobs are garbage by a recorded delete, and garbage collection takes any number
 * of those (registry/garbage/brake.ts).
 */
export async function recordGarbage(tx: DbOrTx): Promise<void> {
  await tx.$executeRaw`SELECT set_config('vitrine.recorded_delete', 'on', true)`;
}
