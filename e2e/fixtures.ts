// What end-to-end tests share: the started server, users made at the operator's command line, and real programs.
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
  if (!value) throw new Error(`${name} is not set: end-to-end tests run by \`npm test\`.`);
  return value;
}

/** Null when the programs are there; otherwise why a test is left out, to be put in its title. */
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

/** A new account with an access token, made at the command line beside the running server; its alias as the API says. */
export async function createPublisher(...scopes: string[]): Promise<Publisher> {
  const email = `publisher-${randomUUID()}@example.org`;
  const password = 'a password for tests';
  await vitrine('user', 'create', '--email', email, '--password', password);
  const scopeArgs = (scopes.length > 0 ? scopes : ['push']).flatMap((scope) => ['--scope', scope]);
  const token = JSON.parse(await vitrine('token', 'create', '--email', email, ...scopeArgs, '--json')) as {
    secret: string;
  };
  const me = await fetch(`${BASE_URL}/api/v1/me`, { headers: { authorization: `Bearer ${token.secret}` } });
  const { registries } = (await me.json()) as { registries: { aliases: { name: string }[] }[] };
  return { email, password, alias: registries[0]?.aliases[0]?.name ?? '', secret: token.secret };
}

/** For what takes too long to make by requests: joins the running server's database. */
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

/** What the name server that the site asks says of a name from now on. */
export function setTxtRecords(name: string, records: string[]): void {
  writeTxtRecords(required('E2E_ZONE_DIR'), name, records);
}

/** A folder that is gone after the work. */
export async function withFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-e2e-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
