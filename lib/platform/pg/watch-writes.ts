// Reports when a connection of the pool may be changing rows, so that cached rows aren't considered current.
import type pg from 'pg';
import { interceptQueries } from './driver-internals.ts';

/** `reads` change no row by themselves. A transaction's changes become visible when it ends, by COMMIT. */
export const STATEMENTS = {
  reads: /^\s*(?:SELECT|BEGIN|START|ROLLBACK|SAVEPOINT|RELEASE|SET|SHOW|DEALLOCATE)\b/i,
  begins: /^\s*(?:BEGIN|START)\b/i,
  commits: /^\s*COMMIT\b/i,
  /** Ends the transaction, unlike ROLLBACK TO a savepoint. */
  rollsBack: /^\s*ROLLBACK\b(?!\s+(?:WORK\s+|TRANSACTION\s+)?TO\b)/i,
};

export type WriteListener = {
  /** `isKnown`: the client runs a statement of `known`, or commits a transaction without any other write. */
  onBegin: (client: object, isKnown: boolean) => void;
  /** Called when the client has no pending statements, or its connection is lost. */
  onEnd: (client: object) => void;
};

/** Names of prepared statements. */
export type NamedWrites = { known?: ReadonlySet<string>; ignored?: ReadonlySet<string> };

/**
 * Watches all connections of `pool`, including Prisma's statements. A connection that can't be watched counts as writing.
 * @throws Error if the pool already has connections, whose writes would go unnoticed
 */
export function watchWrites(
  pool: pg.Pool,
  listener: WriteListener,
  { known = new Set(), ignored = new Set() }: NamedWrites = {},
): void {
  if (pool.totalCount > 0) throw new Error('a pool must be watched before its first connection');
  const unseen = new WeakSet<object>();
  /** Connections that ran an unknown write since they last began a transaction. */
  const unknown = new WeakSet<object>();
  const isKnown = (client: object, text: string, name: unknown) => {
    if (STATEMENTS.commits.test(text)) return !unknown.has(client);
    if (typeof name === 'string' && known.has(name)) return true;
    unknown.add(client);
    return false;
  };
  interceptQueries(pool, {
    onQuery: (client, statement) => {
      const { text, name } = describeStatement(statement);
      if (STATEMENTS.begins.test(text)) unknown.delete(client);
      const isIgnored = typeof name === 'string' && ignored.has(name);
      if (!isIgnored && !STATEMENTS.reads.test(text)) listener.onBegin(client, isKnown(client, text, name));
      return statement;
    },
    onUnseen: (client) => {
      unseen.add(client);
      listener.onBegin(client, false);
    },
  });
  pool.on('connect', (client) => {
    if (!unseen.has(client)) client.on('drain', () => listener.onEnd(client));
    client.on('end', () => listener.onEnd(client));
  });
}

/** Reads the text from every form in which pg takes a statement. Unknown forms count as writes. */
export function describeStatement(statement: unknown): { text: string; name: unknown } {
  if (typeof statement === 'string') return { text: statement, name: null };
  if (typeof statement !== 'object' || !statement || !('text' in statement)) return { text: '', name: null };
  const { text } = statement;
  return { text: typeof text === 'string' ? text : '', name: 'name' in statement ? statement.name : null };
}
