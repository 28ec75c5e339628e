// Tells the other processes of the machine about each write of this one, before the writer learns that it has succeeded.
import type pg from 'pg';
import { wrapQueries } from '#lib/platform/pg/driver-internals.ts';
import { describeStatement, STATEMENTS } from '#lib/platform/pg/watch-writes.ts';

export type WriteKind = 'content' | 'other';

export type WriteKinds = {
  /** Names of prepared statements that change content and nothing that a right depends on. */
  content: ReadonlySet<string>;
  /** Those that make no cache stale, such as those that only add. Nobody is told. */
  unannounced: ReadonlySet<string>;
};

/** A connection's transaction, and what it has written. */
type Transaction = { written: WriteKind | null };

/** Several statements in one text, which may begin and commit. */
const SEVERAL = /;\s*\S/;

/**
 * Delays the result of each statement that commits a write until `announce` has resolved. Rolled-back writes aren't announced.
 * Call it after `watchWrites`.
 */
export function announceWrites(
  pool: pg.Pool,
  { content, unannounced }: WriteKinds,
  announce: (kind: WriteKind) => Promise<void>,
): void {
  const transactions = new WeakMap<object, Transaction>();
  const kindOf = (name: unknown): WriteKind | null => {
    if (typeof name !== 'string') return 'other';
    if (unannounced.has(name)) return null;
    return content.has(name) ? 'content' : 'other';
  };
  const findCommitted = (client: object, statement: unknown): WriteKind | null => {
    const { text, name } = describeStatement(statement);
    if (SEVERAL.test(text)) return 'other';
    const transaction = transactions.get(client);
    if (STATEMENTS.begins.test(text)) return (transactions.set(client, { written: null }), null);
    if (STATEMENTS.commits.test(text)) return (transactions.delete(client), transaction?.written ?? null);
    if (STATEMENTS.rollsBack.test(text)) return (transactions.delete(client), null);
    if (STATEMENTS.reads.test(text)) return null;
    const kind = kindOf(name);
    if (!transaction) return kind;
    if (kind !== null && transaction.written !== 'other') transaction.written = kind;
    return null;
  };
  wrapQueries(pool, (statement, client) => {
    const kind = findCommitted(client, statement);
    return kind && (() => announce(kind));
  });
}
