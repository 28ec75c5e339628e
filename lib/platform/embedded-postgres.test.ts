import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

async function start(name: string) {
  const parent = mkdtempSync(join(tmpdir(), 'vitrine-pg-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const dataDir = join(parent, name);
  await mkdir(dataDir);
  const server = await startEmbeddedPostgres({ dataDir, database: 'vitrine', isThrowaway: true });
  onTestFinished(server.stop);
  return { dataDir, server };
}

/** Null: through a socket. */
async function readServerAddress(connectionString: string): Promise<string | null> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ address: string | null }>('SELECT inet_server_addr()::text AS address');
  await client.end();
  return rows[0]?.address ?? null;
}

test('is asked through a socket that only its user may open, by who joins it too, and by TCP all the same', async () => {
  const { dataDir, server } = await start('data');
  expect(await readServerAddress(server.url)).toBeNull();
  const url = new URL(server.url);
  const { mode } = statSync(join(dataDir, 'postgres', `.s.PGSQL.${url.port}`));
  expect(mode & 0o077).toBe(0);

  const joined = await startEmbeddedPostgres({ dataDir, database: 'vitrine' });
  expect(joined).toMatchObject({ url: server.url, wasRunning: true });
  url.search = '';
  expect(await readServerAddress(url.href)).toBe('127.0.0.1/32');
}, 60_000);

test.each([
  ['too long for a socket', 'x'.repeat(90)],
  ['one that a shell would take apart', "it's here"],
])(
  'in a folder whose path is %s it is asked by TCP',
  async (_, name) => {
    const { server } = await start(name);
    expect(await readServerAddress(server.url)).toBe('127.0.0.1/32');
  },
  60_000,
);
