// The only file that relies on undocumented parts of pg. If one is missing, each function falls back to documented behaviour.
import type { Writable } from 'node:stream';
import type pg from 'pg';
import type { Log } from '#lib/platform/log.ts';

/** The internals, and the effect of losing each. */
const COSTS = {
  'client.connection.stream': 'statements are sent one by one, and those to a vanished server wait for minutes',
  'client.processID': 'the database counts as pooled',
  'client.query': 'reads are never cached, and prepared statements keep their names behind a pooler',
};

export type DriverInternal = keyof typeof COSTS;

type Query = (...args: unknown[]) => unknown;

/** Lists the internals that a connected client lacks. */
export function findMissingInternals(client: pg.ClientBase): DriverInternal[] {
  const missing: DriverInternal[] = [];
  if (!findStream(client)) missing.push('client.connection.stream');
  if (readProcessId(client) === null) missing.push('client.processID');
  const query: unknown = Reflect.get(client, 'query');
  if (!replaceQuery(client, () => undefined) || !replaceQuery(client, query)) missing.push('client.query');
  return missing;
}

export function warnOfMissingInternals(log: Log, missing: DriverInternal[]): void {
  if (missing.length === 0) return;
  const costs = Object.fromEntries(missing.map((name) => [name, COSTS[name]]));
  log.warn(
    { missing: costs },
    'this version of pg lacks internals that Vitrine relies on, so some operations are slower',
  );
}

/**
 * Sends the statements that `ask` issues synchronously in one packet, because the wake-up dominates the cost of a small statement.
 * With `pipeline` (db.ts), pg queues statements but writes each one separately.
 */
export function sendTogether<Result>(client: pg.ClientBase, ask: () => Result): Result {
  const stream = findStream(client);
  if (!stream) return ask();
  stream.cork();
  try {
    return ask();
  } finally {
    stream.uncork();
  }
}

/** Reads the backend's process id as announced by the server or pooler; null if unknown. */
export function readProcessId(client: pg.ClientBase): number | null {
  const id: unknown = 'processID' in client ? client.processID : null;
  return typeof id === 'number' ? id : null;
}

/** Closes a connection without a word to the server. Its statements fail as if the server had closed it. */
export function dropConnection(client: pg.ClientBase): void {
  findStream(client)?.destroy();
}

export type QueryInterceptor = {
  /** Returns the statement to send instead of the given one, which may have any form that pg accepts. */
  onQuery: (client: pg.ClientBase, statement: unknown) => unknown;
  /** Called for a connection whose statements can't be intercepted. */
  onUnseen: (client: pg.ClientBase) => void;
};

/** Intercepts the statements of all connections that `pool` opens from now on, including those that Prisma sends. */
export function interceptQueries(pool: pg.Pool, { onQuery, onUnseen }: QueryInterceptor): void {
  pool.on('connect', (client) => {
    const query: unknown = Reflect.get(client, 'query');
    const send = typeof query === 'function' ? (query.bind(client) as Query) : null;
    const isSeen =
      send &&
      replaceQuery(client, (statement: unknown, ...rest: unknown[]) => send(onQuery(client, statement), ...rest));
    if (!isSeen) onUnseen(client);
  });
}

type EndQuery = (error?: unknown) => Promise<void> | void;

/**
 * Calls `begin` for each statement of all connections that `pool` opens from now on, and what it returns when the statement
 * has ended. If that returns a promise, the result is held back until it resolves. Connections that can't be intercepted are
 * left alone.
 */
export function wrapQueries(
  pool: pg.Pool,
  begin: (statement: unknown, client: pg.ClientBase) => EndQuery | null,
): void {
  pool.on('connect', (client) => {
    const query: unknown = Reflect.get(client, 'query');
    if (typeof query !== 'function') return;
    const send = query.bind(client) as Query;
    replaceQuery(client, (statement: unknown, ...rest: unknown[]) => {
      const end = begin(statement, client);
      if (!end) return send(statement, ...rest);
      const callback = rest.at(-1);
      if (typeof callback === 'function') {
        rest[rest.length - 1] = (...args: unknown[]): unknown => {
          const call = () => Reflect.apply(callback, undefined, args) as unknown;
          const held = end(args[0]);
          return held ? held.then(call, call) : call();
        };
      }
      const result = send(statement, ...rest);
      return result instanceof Promise ? endWith(result, end) : result;
    });
  });
}

async function endWith(result: Promise<unknown>, end: EndQuery): Promise<unknown> {
  const value = await result.catch(async (error: unknown) => {
    await end(error);
    throw error;
  });
  await end();
  return value;
}

function replaceQuery(client: pg.ClientBase, query: unknown): boolean {
  return (
    typeof query === 'function' && Reflect.set(client, 'query', query) && Object.is(Reflect.get(client, 'query'), query)
  );
}

function findStream(client: pg.ClientBase): Writable | null {
  const { connection } = client as { connection?: { stream?: Partial<Writable> } | null };
  const stream = connection?.stream;
  return typeof stream?.cork === 'function' && typeof stream.uncork === 'function' ? (stream as Writable) : null;
}
