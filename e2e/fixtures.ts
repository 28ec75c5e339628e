// Shared by end-to-end tests: the started server, accounts on it, and real programs.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '#lib/platform/pg/embedded-postgres.ts';
import { writeTxtRecords } from '#lib/testing/servers/zone-folder.ts';
import { findProgram } from './find-program.ts';
import { run } from './run-program.ts';

const ROOT = join(import.meta.dirname, '..');

/** `http://127.0.0.1:PORT` of the server that scripts/test.ts started. */
export const BASE_URL = required('E2E_BASE_URL');
export const HOST = new URL(BASE_URL).host;

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. Run end-to-end tests with \`npm test\`.`);
  return value;
}

/** Returns why a test is skipped, for its title, or null when all programs are installed. */
export function missing(...programs: string[]): string | null {
  const absent = programs.filter((program) => findProgram(program) === null);
  return absent.length > 0 ? `${absent.join(' and ')} not installed` : null;
}

export async function vitrine(...args: string[]): Promise<string> {
  return run(process.execPath, [join(ROOT, 'scripts/vitrine.ts'), ...args], {
    DATA_DIR: required('E2E_DATA_DIR'),
    NODE_ENV: 'production',
  });
}

export type Publisher = { email: string; password: string; alias: string; secret: string };

/** Creates an account, a token or a session by an operation of scripts/test-account-store.ts. */
export async function askForAccount<Result>(operation: string, input: object): Promise<Result> {
  const response = await fetch(`${required('E2E_ACCOUNTS_URL')}/${operation}`, {
    method: 'POST',
    body: JSON.stringify(input),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${operation} failed: ${text}`);
  return JSON.parse(text) as Result;
}

/** Creates an account with an access token, and reads its alias from the API. */
export async function createPublisher(...scopes: string[]): Promise<Publisher> {
  const id = randomUUID();
  const [email, password] = [`publisher-${id}@example.org`, 'a password for tests'];
  await askForAccount('create-user', { email, password, displayName: `publisher-${id}`, role: 'user' });
  const wanted = scopes.length > 0 ? scopes : ['push'];
  const { secret } = await askForAccount<{ secret: string }>('create-token', { email, scopes: wanted });
  const me = await fetch(`${BASE_URL}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
  const { registries } = (await me.json()) as { registries: { aliases: { name: string }[] }[] };
  return { email, password, alias: registries[0]?.aliases[0]?.name ?? '', secret };
}

/** Connects to the running server's database, for content that would take too many requests. */
export async function withDatabase<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const postgres = await startEmbeddedPostgres({ dataDir: required('E2E_DATA_DIR'), database: 'vitrine' });
  const client = new pg.Client({ connectionString: postgres.url });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
    await postgres.stop();
  }
}

/** Sets the TXT records that the site's name server returns for a name. */
export function setTxtRecords(name: string, records: string[]): void {
  writeTxtRecords(required('E2E_ZONE_DIR'), name, records);
}

/** Provides a folder that is deleted afterwards. */
export async function withFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-e2e-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
