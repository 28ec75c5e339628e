import type pg from 'pg';
import { interceptQueries } from '../driver-internals.ts';

/**
 * Removes the names of prepared statements on all connections that `pool` opens from now on. A pooler in transaction
 * mode may run a named statement on a connection that hasn't prepared it. If statements can't be intercepted, they keep
 * their names, which only works with poolers that track prepared statements.
 */
export function stripStatementNames(pool: pg.Pool): void {
  interceptQueries(pool, { onQuery: (_client, statement) => withoutName(statement), onUnseen: () => undefined });
}

/** Leaves statements that submit themselves, such as cursors, unchanged. */
function withoutName(statement: unknown): unknown {
  if (typeof statement !== 'object' || statement === null || 'submit' in statement) return statement;
  return 'name' in statement ? { ...statement, name: undefined } : statement;
}
