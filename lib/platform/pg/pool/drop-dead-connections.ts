// Finds connections whose server vanished without closing them, as when its machine or network fails. A statement on such a connection
// would wait until the operating system gives up, about a quarter of an hour.
import pg from 'pg';
import { errorCode } from '#lib/platform/errors.ts';
import { dropConnection, interceptQueries, readProcessId } from '../driver-internals.ts';
import { listBackendIds } from './drop-dead-connections.sql.ts';

/** How long a statement runs before its connection is checked, in milliseconds. Slow statements are checked again and again. */
const QUIET_MS = 10_000;
const CHECK_TIMEOUT_MS = 5_000;
/** A single failed check may be the fault of a busy machine. */
const MAX_FAILED_CHECKS = 2;
/** SQLSTATE cannot_connect_now: the server has restarted, or is shutting down. */
const NOT_NOW = '57P03';

type Options = {
  /** Whether the server's process ids can be trusted. False behind a pooler. */
  hasSessions: boolean;
  quietMs?: number;
};

type Waiting = { sinceMs: number; failedChecks: number };

/**
 * Closes connections of `pool` that wait for a server that no longer knows them, so that their statements fail. Asks the server on
 * a connection of its own, because a slow statement looks the same from here.
 */
export function dropDeadConnections(pool: pg.Pool, { hasSessions, quietMs = QUIET_MS }: Options): void {
  const waiting = new Map<pg.ClientBase, Waiting>();
  let timer: NodeJS.Timeout | null = null;

  const check = async () => {
    const quietSinceMs = performance.now() - quietMs;
    const quiet = [...waiting].filter(([, { sinceMs }]) => sinceMs <= quietSinceMs);
    const backends = quiet.length > 0 ? await askForBackends(pool.options.connectionString, quietMs) : null;
    for (const [client, asked] of quiet) {
      // It may have been answered meanwhile.
      if (waiting.get(client) !== asked) continue;
      asked.failedChecks = backends === 'unreachable' ? asked.failedChecks + 1 : 0;
      const isUnknown = hasSessions && backends instanceof Set && !backends.has(readProcessId(client) ?? 0);
      if (isUnknown || asked.failedChecks >= MAX_FAILED_CHECKS) dropConnection(client);
      else if (backends !== 'unreachable') asked.sinceMs = performance.now();
    }
  };
  const schedule = () => {
    timer ??= setTimeout(() => {
      void check().finally(() => {
        timer = null;
        if (waiting.size > 0) schedule();
      });
    }, quietMs / 2).unref();
  };

  interceptQueries(pool, {
    onQuery: (client, statement) => {
      if (!waiting.has(client)) waiting.set(client, { sinceMs: performance.now(), failedChecks: 0 });
      schedule();
      return statement;
    },
    onUnseen: () => undefined,
  });
  pool.on('connect', (client) => {
    for (const event of ['drain', 'end'] as const) client.on(event, () => waiting.delete(client));
  });
}

/** Resolves to the ids of the server's processes, to null if it answers without telling them, or to `unreachable`. */
async function askForBackends(
  connectionString: string | undefined,
  quietMs: number,
): Promise<Set<number> | 'unreachable' | null> {
  const timeoutMs = Math.min(CHECK_TIMEOUT_MS, quietMs);
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'vitrine check',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await listBackendIds(client);
  } catch (error) {
    const code = errorCode(error) ?? '';
    const isRefusal = error instanceof pg.DatabaseError && code !== NOT_NOW;
    return isRefusal ? null : 'unreachable';
  } finally {
    // Not awaited, because a dead connection takes long to close.
    client.end().catch(() => undefined);
  }
}
