import type pg from 'pg';
import type { DbOrTx } from './db.ts';

/** A transaction as Prisma begins one, or as `inTransaction` does: what both take part in is written once, as a statement. */
export type AnyTx = DbOrTx | pg.ClientBase;

export type SqlStatement = {
  /** Of the prepared statement; the same text always goes by the same name. */
  name: string;
  text: string;
  values: unknown[];
};

/** Rows of integers wider than 32 bits differ: Prisma reads them as bigint, pg as text. */
export async function runStatement<Row extends object>(tx: AnyTx, statement: SqlStatement): Promise<Row[]> {
  if ('$queryRawUnsafe' in tx) return tx.$queryRawUnsafe<Row[]>(statement.text, ...statement.values);
  const { rows } = await tx.query<Row>(statement);
  return rows;
}

/** One after the other, or all at once where the connection takes that (`sendTogether`). Answers the rows of each. */
export async function runStatements(tx: AnyTx, statements: SqlStatement[]): Promise<object[][]> {
  if (!('$queryRawUnsafe' in tx)) return Promise.all(statements.map((statement) => runStatement(tx, statement)));
  const results: object[][] = [];
  for (const statement of statements) results.push(await runStatement(tx, statement));
  return results;
}
