import type pg from 'pg';

export type TransactionEnd = 'commit' | 'rollback';

/**
 * Runs `work` in a transaction of its own; with `rollback` nothing of it stays, as a dry run wants it. Statements that `work` asks
 * for without waiting go out together (db.ts): after one that fails, all those behind it do.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  end: TransactionEnd = 'commit',
): Promise<Result> {
  const client = await pool.connect();
  try {
    // Goes out with the first statement of the work, which fails when this does.
    client.query('BEGIN').catch(() => undefined);
    const result = await work(client);
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
    return await work(client);
  } finally {
    client.release();
  }
}
