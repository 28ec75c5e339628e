import type pg from 'pg';

export type TransactionEnd = 'commit' | 'rollback';

/** Runs `work` in a transaction of its own; with `rollback` nothing of it stays, as a dry run wants it. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  end: TransactionEnd = 'commit',
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
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
