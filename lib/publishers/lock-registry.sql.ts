import type { DbOrTx } from '#lib/platform/pg/db.ts';

/**
 * Serializes changes that must not overlap within a registry. Doesn't block inserts that refer to the registry, because their
 * transactions may hold what a later statement of this one needs.
 */
export async function lockRegistry(tx: DbOrTx, registryKey: bigint): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM registries WHERE id = ${registryKey} FOR NO KEY UPDATE`;
}
