// The first connections at startup, which wait for an unreachable database and check its version and encoding.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectionError, mayPass } from './database-errors.ts';
import { readProcessId } from './driver-internals.ts';
import { AppError } from '#lib/platform/errors.ts';
import { readServerFacts } from './connect-database.sql.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const RETRY_MS = 500;
const OLDEST_VERSION = 15;

export type ConnectOptions = {
  /** How long to wait for an unreachable database. Defaults to 0. */
  waitSeconds?: number;
  /** Called once when waiting starts. */
  onWait?: (reason: string) => void;
  /** The name of the setting with the URL. */
  variable?: string;
};

/** @throws AppError `unavailable` with a message for the operator */
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
  // A lost connection fails the next query. Without a listener it would crash the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/**
 * Checks the server's version and encoding, and detects a pooler such as PgBouncer, which announces a made-up process id.
 * An unknown process id counts as pooled, because what works behind a pooler works everywhere.
 * @throws AppError `unavailable` with a message for the operator
 */
export async function inspectDatabase(client: pg.Client): Promise<{ isPooled: boolean }> {
  const { version, encoding, pid } = await readServerFacts(client);
  if (version < OLDEST_VERSION) {
    throw new AppError(
      'unavailable',
      `Vitrine requires PostgreSQL ${OLDEST_VERSION} or newer. This is version ${version}.`,
    );
  }
  if (encoding !== 'UTF8') {
    const sentence = `The database's encoding is ${encoding}, but Vitrine requires UTF-8. Create another database with ENCODING 'UTF8' TEMPLATE template0.`;
    throw new AppError('unavailable', sentence);
  }
  return { isPooled: readProcessId(client) !== pid };
}
