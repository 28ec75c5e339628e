// Reports when a connection of the pool may be changing rows, so that cached rows aren't considered current.
import type pg from 'pg';
import { interceptQueries } from './driver-internals.ts';

/** Statements that change no row by themselves. A transaction's changes become visible when it ends, by COMMIT. */
const READS = /^\s*(?:SELECT|BEGIN|START|ROLLBACK|SAVEPOINT|RELEASE|SET|SHOW|DEALLOCATE)\b/i;

export type WriteListener = {
  onBegin: (client: object) => void;
  /** Called when the client has no pending statements, or its connection is lost. */
  onEnd: (client: object) => void;
};

/**
 * Watches all connections of `pool`, including Prisma's statements. A connection that can't be watched counts as writing.
 * @throws Error if the pool already has connections, whose writes would go unnoticed
 */
export function watchWrites(pool: pg.Pool, listener: WriteListener): void {
  if (pool.totalCount > 0) throw new Error('a pool must be watched before its first connection');
  const unseen = new WeakSet<object>();
  interceptQueries(pool, {
    onQuery: (client, statement) => {
      if (!READS.test(textOf(statement))) listener.onBegin(client);
      return statement;
    },
    onUnseen: (client) => {
      unseen.add(client);
      listener.onBegin(client);
    },
  });
  pool.on('connect', (client) => {
    if (!unseen.has(client)) client.on('drain', () => listener.onEnd(client));
    client.on('end', () => listener.onEnd(client));
  });
}

/** Reads the text from every form in which pg takes a statement. Unknown forms count as writes. */
function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const text: unknown = typeof statement === 'object' && statement && 'text' in statement ? statement.text : null;
  return typeof text === 'string' ? text : '';
}
