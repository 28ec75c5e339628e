import type pg from 'pg';

/**
 * Sends statements without their names on all connections that `pool` opens from now on. A pooler that lends connections by the
 * transaction would look for a named one on another connection than the one that prepared it.
 */
export function forgetNames(pool: pg.Pool): void {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const unnamed = ([statement, ...rest]: unknown[]) => query(withoutName(statement), ...rest);
    client.query = ((...args: unknown[]) => unnamed(args)) as typeof client.query;
  });
}

/** What submits itself, such as a cursor, has no name to lose. */
function withoutName(statement: unknown): unknown {
  if (typeof statement !== 'object' || statement === null || 'submit' in statement) return statement;
  return 'name' in statement ? { ...statement, name: undefined } : statement;
}
