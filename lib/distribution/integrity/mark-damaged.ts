import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';
import type { Log } from '#lib/platform/log.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { lockBlob, saveDamage } from './mark-damaged.sql.ts';

export type Damage = 'missing' | 'corrupt';

type App = { pool: pg.Pool; log: Log };
type Found = { sha256: Digest; damage: Damage; isStillSo: () => Promise<boolean> };

/**
 * Somebody has found bytes wrong or gone: from now on the blob is served to nobody, so that the next push, or the next pull through
 * a mirror, brings it back. Not when that has happened meanwhile: a push puts its bytes in place before it writes the row, which is
 * locked here before the last look. Answers whether it was marked.
 */
export async function markDamaged({ pool, log }: App, { sha256, damage, isStillSo }: Found): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    if (!(await lockBlob(client, sha256)) || !(await isStillSo())) return false;
    await saveDamage(client, { sha256, damage });
    log.error({ sha256, damage }, 'a stored blob is damaged: it is served to nobody until it is pushed again');
    return true;
  });
}

/** For the blob store, whose readers are told what they came for in any case. */
export async function noteDamage(app: App, found: Omit<Found, 'damage'>): Promise<void> {
  await markDamaged(app, { ...found, damage: 'corrupt' }).catch((error: unknown) => {
    app.log.error({ err: error, sha256: found.sha256 }, 'a stored blob is damaged, which could not be noted');
  });
}
