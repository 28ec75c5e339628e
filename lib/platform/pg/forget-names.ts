import type pg from 'pg';
import { interceptQueries } from './driver-internals.ts';

/**
 * Sends statements without their names on all connections that `pool` opens from now on. A pooler that lends connections by the
 * transaction would look for a named one on another connection than the one that prepared it. Where statements can't be intercepted,
 * they keep their names, which a pooler that tracks prepared statements can follow.
 */
export function forgetNames(pool: pg.Pool): void {
  interceptQueries(pool, { onQuery: (_client, statement) => withoutName(statement), onUnseen: () => undefined });
}

/** Statements that submit themselves, such as cursors, have no name to lose. */
function withoutName(statement: unknown): unknown {
  if (typeof statement !== 'object' || statement === null || 'submit' in statement) return statement;
  return 'name' in statement ? { ...statement, name: undefined } : statement;
}
