// Tells when a connection of the pool may be changing rows, so that what was read before is not taken for what is there now.
import type pg from 'pg';

/** Statements that change no row by themselves. A transaction's changes are seen when it ends, by COMMIT. */
const READS = /^\s*(?:SELECT|BEGIN|START|ROLLBACK|SAVEPOINT|RELEASE|SET|SHOW|DEALLOCATE)\b/i;

export type WriteListener = {
  onBegin: (client: object) => void;
  /** Nothing of the client is under way any more, or its connection was lost. */
  onEnd: (client: object) => void;
};

/**
 * Of all connections of `pool`, Prisma's statements among them.
 * @throws Error when it has some already: their writes would go unseen
 */
export function watchWrites(pool: pg.Pool, listener: WriteListener): void {
  if (pool.totalCount > 0) throw new Error('a pool must be watched before its first connection');
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const watched = (...args: unknown[]) => {
      if (!READS.test(textOf(args[0]))) listener.onBegin(client);
      return query(...args);
    };
    client.query = watched as typeof client.query;
    client.on('drain', () => listener.onEnd(client));
    client.on('end', () => listener.onEnd(client));
  });
}

/** Of every way in which pg takes a statement; unknown ones count as writes. */
function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const text: unknown = typeof statement === 'object' && statement && 'text' in statement ? statement.text : null;
  return typeof text === 'string' ? text : '';
}
