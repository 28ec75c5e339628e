// Keeps a history of what registries store. Nothing else remembers it, because blobs come and go.
import type pg from 'pg';
import { readRegistryUsage } from '#lib/publishers/registry-quota.sql.ts';
import { listStoringRegistries, saveStorageRows, sumRegistryLinks, type StorageRow } from './record-storage.sql.ts';

const BATCH = 500;

/** Measures one registry after the other, so that no statement runs for long. Running it again replaces today's rows. */
export async function recordStorage({ pool }: { pool: pg.Pool }): Promise<void> {
  let after = 0n;
  for (;;) {
    const registries = await listStoringRegistries(pool, { after, limit: BATCH });
    const rows: StorageRow[] = [];
    for (const registryKey of registries) {
      const { storedBytes } = await readRegistryUsage({ pool }, registryKey);
      const linkedBytes = await sumRegistryLinks(pool, registryKey);
      rows.push({ registryKey: String(registryKey), storedBytes, linkedBytes });
    }
    await saveStorageRows(pool, rows);
    const last = registries.at(-1);
    if (last === undefined || registries.length < BATCH) return;
    after = last;
  }
}
