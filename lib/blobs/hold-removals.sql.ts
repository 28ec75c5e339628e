// While a backup copies blobs, nobody may remove them. Advisory locks say so, because they end with the backup's connection,
// however it ends.
import { createHash } from 'node:crypto';
import type pg from 'pg';

const BACKUP_LOCK = keyOf('vitrine backup');
const REMOVAL_LOCK = keyOf('vitrine removal of blobs');

function keyOf(name: string): number {
  return createHash('sha256').update(name).digest().readInt32BE(0);
}

/** Resolves to false while a backup runs. Otherwise no backup starts before the transaction ends. */
export async function mayRemoveBlobs(tx: pg.ClientBase): Promise<boolean> {
  const text = 'SELECT pg_try_advisory_xact_lock_shared($1) AS "isFree"';
  return (await tx.query<{ isFree: boolean }>(text, [REMOVAL_LOCK])).rows[0]?.isFree === true;
}

/**
 * Waits for removals under way, and keeps others from starting until the session ends. Resolves to false if another
 * session does so already.
 */
export async function holdRemovals(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ isFree: boolean }>('SELECT pg_try_advisory_lock($1) AS "isFree"', [
    BACKUP_LOCK,
  ]);
  if (rows[0]?.isFree !== true) return false;
  await client.query('SELECT pg_advisory_lock($1)', [REMOVAL_LOCK]);
  return true;
}
