import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Serializes restoring and purging a deletion. */
export async function lockDeletion(tx: DbOrTx, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM deletions WHERE id = ${id}::uuid FOR UPDATE`;
}
