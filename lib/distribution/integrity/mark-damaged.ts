import type pg from 'pg';
import { toAddress } from '#lib/blobs/blob-address.ts';
import type { BlobKey } from '#lib/blobs/blob-store.ts';
import type { Log } from '#lib/platform/log.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { lockBlob, saveDamage } from './mark-damaged.sql.ts';

export type Damage = 'missing' | 'corrupt';

type App = { pool: pg.Pool; log: Log };
type Found = { key: BlobKey; damage: Damage; isStillSo: () => Promise<boolean> };

/**
 * Marks a blob as damaged or missing, and stops serving it. The next push or pull through a mirror then restores it.
 * Skips a blob that has been restored meanwhile. A push moves bytes into place before it writes the row, so the check
 * runs while the row is locked. Resolves to whether the blob was marked.
 */
export async function markDamaged({ pool, log }: App, { key, damage, isStillSo }: Found): Promise<boolean> {
  const address = toAddress(key.sha256, key.scope);
  return inTransaction(pool, async (client) => {
    if (!(await lockBlob(client, address)) || !(await isStillSo())) return false;
    await saveDamage(client, { address, damage });
    log.error({ ...key, damage }, 'stored blob is damaged, not serving it until it is pushed again');
    return true;
  });
}

/** Marks damage found by the blob store. Never rejects, because the read that found it fails anyway. */
export async function recordDamage(app: App, found: Omit<Found, 'damage'>): Promise<void> {
  await markDamaged(app, { ...found, damage: 'corrupt' }).catch((error: unknown) => {
    app.log.error({ err: error, ...found.key }, 'marking a stored blob as damaged failed');
  });
}
