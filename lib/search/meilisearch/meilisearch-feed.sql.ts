import type pg from 'pg';

/** Key of the advisory lock that serializes feeders. */
const LOCK = 7_700;

/** For the transaction: it may be idle as long as it likes, and waits this long for locks. */
export async function setTimeouts(tx: pg.ClientBase, lockSeconds: number): Promise<void> {
  await tx.query(`SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '${lockSeconds}s'`);
}

/** Takes the lock until the end of the transaction. Without waiting, false means that another one holds it. */
export async function lockFeed(tx: pg.ClientBase, waits: boolean): Promise<boolean> {
  const take = waits ? 'pg_advisory_xact_lock' : 'pg_try_advisory_xact_lock';
  const { rows } = await tx.query<{ taken: unknown }>(`SELECT ${take}($1) AS taken`, [LOCK]);
  return rows[0]?.taken !== false;
}
