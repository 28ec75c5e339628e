import type pg from 'pg';
import { sendTogether } from './driver-internals.ts';
import { runStatement, type SqlStatement } from './run-statement.ts';

export type TransactionEnd = 'commit' | 'rollback';

export type TransactionOptions<Result> = {
  /** `rollback` for a dry run. */
  end?: TransactionEnd;
  /** Statements such as `SET LOCAL …`, sent with BEGIN. */
  settings?: string;
  /** The last statements, sent together with the end of the transaction. If one fails, nothing is committed. */
  last?: (result: Result) => SqlStatement[];
};

/**
 * Runs `work` in a new transaction. Statements that `work` issues synchronously are sent together with BEGIN. If one fails,
 * those after it fail too.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  { end = 'commit', settings, last }: TransactionOptions<Result> = {},
): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await sendTogether(client, () => {
      // If BEGIN fails, so does the first statement of `work`.
      client.query(settings ? `BEGIN; ${settings}` : 'BEGIN').catch(() => undefined);
      return work(client);
    });
    await sendTogether(client, () =>
      // A failed statement turns the end into a rollback.
      Promise.all([...(last?.(result) ?? []).map((statement) => runStatement(client, statement)), client.query(end)]),
    );
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
