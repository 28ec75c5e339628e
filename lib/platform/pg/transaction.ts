import type { Writable } from 'node:stream';
import type pg from 'pg';

export type TransactionEnd = 'commit' | 'rollback';

/**
 * Runs `work` in a transaction of its own; with `rollback` nothing of it stays, as a dry run wants it. Statements that `work` asks
 * for at once go out together, the first of them with the BEGIN: after one that fails, all those behind it do.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  end: TransactionEnd = 'commit',
): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await sendTogether(client, () => {
      // When it fails, so does the first statement of the work.
      client.query('BEGIN').catch(() => undefined);
      return work(client);
    });
    await client.query(end);
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/**
 * Runs statements that don't need each other's answers on one connection: they go out together, and the database is woken once.
 * Outside of a transaction.
 */
export async function inOneFlight<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    return await sendTogether(client, () => work(client));
  } finally {
    client.release();
  }
}

/**
 * Sends what `ask` asks of the database, before it waits for anything, as one piece: to wake the other side is most of what a small
 * statement costs. pg queues statements (db.ts: `pipeline`), but writes each by itself.
 */
export function sendTogether<Result>(client: pg.ClientBase, ask: () => Result): Result {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  stream.cork();
  try {
    return ask();
  } finally {
    stream.uncork();
  }
}
