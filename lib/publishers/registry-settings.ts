import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { RegistrySettings } from './schema.ts';

/** Callers authorize. */
export async function getRegistrySettings(
  { db }: { db: DbOrTx },
  { registryKey }: { registryKey: bigint },
): Promise<RegistrySettings> {
  const select = { pushVisibility: true, pushCreation: true } as const;
  return db.registry.findUniqueOrThrow({ where: { id: registryKey }, select });
}
