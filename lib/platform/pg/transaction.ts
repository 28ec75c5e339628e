import type pg from 'pg';
import { sendTogether } from './driver-internals.ts';

export type TransactionEnd = 'commit' | 'rollback';

/**
 * Runs `work` in a transaction of its own, which a dry run ends by `rollback`. Statements that `work` issues at once go out together,
 * the first of them with the BEGIN. After one fails, all those behind it fail too.
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
 * Runs statements that don't need each other's answers on one connection, outside a transaction. They go out together and wake the
 * database once.
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
