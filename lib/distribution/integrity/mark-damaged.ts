import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';
import type { Log } from '#lib/platform/log.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { lockBlob, saveDamage } from './mark-damaged.sql.ts';

export type Damage = 'missing' | 'corrupt';

type App = { pool: pg.Pool; log: Log };
type Found = { sha256: Digest; damage: Damage; isStillSo: () => Promise<boolean> };

/**
 * Marks a blob as damaged or missing, and stops serving it. The next push or pull through a mirror then restores it.
 * Skips a blob that has been restored meanwhile. A push moves bytes into place before it writes the row, so the check
 * runs while the row is locked. Resolves to whether the blob was marked.
 */
export async function markDamaged({ pool, log }: App, { sha256, damage, isStillSo }: Found): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    if (!(await lockBlob(client, sha256)) || !(await isStillSo())) return false;
    await saveDamage(client, { sha256, damage });
    log.error({ sha256, damage }, 'stored blob is damaged, not serving it until it is pushed again');
    return true;
  });
}

/** Marks damage found by the blob store. Never rejects, because the read that found it fails anyway. */
export async function recordDamage(app: App, found: Omit<Found, 'damage'>): Promise<void> {
  await markDamaged(app, { ...found, damage: 'corrupt' }).catch((error: unknown) => {
    app.log.error({ err: error, sha256: found.sha256 }, 'marking a stored blob as damaged failed');
  });
}
