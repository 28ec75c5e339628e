import type pg from 'pg';
import type { DbOrTx } from './db.ts';

/** A transaction of Prisma or of `inTransaction`. Code for both runs SqlStatements. */
export type AnyTx = DbOrTx | pg.ClientBase;

export type SqlStatement = {
  /** The name of the prepared statement. Each name must always have the same text. */
  name: string;
  text: string;
  values: unknown[];
};

/** Runs a statement. Prisma returns 64-bit integers as bigint, pg as text. */
export async function runStatement<Row extends object>(tx: AnyTx, statement: SqlStatement): Promise<Row[]> {
  if ('$queryRawUnsafe' in tx) return tx.$queryRawUnsafe<Row[]>(statement.text, ...statement.values);
  const { rows } = await tx.query<Row>(statement);
  return rows;
}

/** Runs statements and returns the rows of each. On a pg connection they are pipelined (`sendTogether`). */
export async function runStatements(tx: AnyTx, statements: SqlStatement[]): Promise<object[][]> {
  if (!('$queryRawUnsafe' in tx)) return Promise.all(statements.map((statement) => runStatement(tx, statement)));
  const results: object[][] = [];
  for (const statement of statements) results.push(await runStatement(tx, statement));
  return results;
}
