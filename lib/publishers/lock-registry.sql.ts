import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Serializes changes that must not overlap within a registry. */
export async function lockRegistry(tx: DbOrTx, registryKey: bigint): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM registries WHERE id = ${registryKey} FOR UPDATE`;
}
