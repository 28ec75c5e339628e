import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Blocks writes to the table by other transactions. It can still be read. */
export async function lockReservedNames(tx: DbOrTx): Promise<void> {
  await tx.$executeRaw`LOCK TABLE reserved_names IN SHARE ROW EXCLUSIVE MODE`;
}
