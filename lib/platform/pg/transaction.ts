import type pg from 'pg';
import { sendTogether } from './driver-internals.ts';

export type TransactionEnd = 'commit' | 'rollback';

/**
 * Runs `work` in a new transaction. Pass `rollback` for a dry run. Statements that `work` issues synchronously are sent
 * together with BEGIN. If one fails, those after it fail too.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  end: TransactionEnd = 'commit',
): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await sendTogether(client, () => {
      // If BEGIN fails, so does the first statement of `work`.
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
