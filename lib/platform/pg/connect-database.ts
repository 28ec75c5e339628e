// The first connections of a start: they wait for a database that is away, and check that it can be used.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectionError, mayPass } from './database-errors.ts';
import { readProcessId } from './driver-internals.ts';
import { AppError } from '#lib/platform/errors.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const RETRY_MS = 500;
const OLDEST_VERSION = 15;

export type ConnectOptions = {
  /** How long to wait for a database that is away. Default: not at all. */
  waitSeconds?: number;
  /** Called once, when the wait begins. */
  onWait?: (reason: string) => void;
  /** The setting that holds the address. */
  variable?: string;
};

/** @throws AppError `unavailable` with a sentence for the operator */
export async function connectDatabase(url: string, options: ConnectOptions = {}): Promise<pg.Client> {
  const { waitSeconds = 0, onWait, variable } = options;
  const deadline = performance.now() + waitSeconds * 1_000;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connectOnce(url);
    } catch (cause) {
      const error = connectionError(url, cause, variable);
      if (!mayPass(cause) || performance.now() >= deadline) throw error;
      if (attempt === 1) onWait?.(`${error.message} Waiting up to ${waitSeconds} seconds …`);
      await sleep(RETRY_MS);
    }
  }
}

async function connectOnce(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A lost connection fails the next query. Without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

type Facts = { version: number; encoding: string; pid: number };

/**
 * Checks what every start needs, and detects a pooler such as PgBouncer, which announces a process id of its own making. An unknown
 * process id counts as a pooler's: what works behind one works everywhere.
 * @throws AppError `unavailable` with a sentence for the operator
 */
export async function inspectDatabase(client: pg.Client): Promise<{ isPooled: boolean }> {
  const { rows } = await client.query<Facts>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding,
            pg_backend_pid() AS pid`,
  );
  const { version = 0, encoding = '', pid } = rows[0] ?? {};
  if (version < OLDEST_VERSION) {
    throw new AppError('unavailable', `Vitrine needs PostgreSQL ${OLDEST_VERSION} or newer; this is ${version}.`);
  }
  if (encoding !== 'UTF8') {
    const sentence = `The database is encoded in ${encoding}, and Vitrine needs UTF-8. Create another one with ENCODING 'UTF8' TEMPLATE template0.`;
    throw new AppError('unavailable', sentence);
  }
  return { isPooled: readProcessId(client) !== pid };
}
