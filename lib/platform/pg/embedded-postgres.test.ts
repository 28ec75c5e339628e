import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isServerOf } from './cluster-processes.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { createLog } from '#lib/platform/log.ts';

async function start(name: string) {
  const parent = mkdtempSync(join(tmpdir(), 'vitrine-pg-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const dataDir = join(parent, name);
  await mkdir(dataDir);
  const server = await startEmbeddedPostgres({ dataDir, database: 'vitrine', isThrowaway: true });
  onTestFinished(server.stop);
  return { dataDir, server };
}

/** Null if connected through a socket. */
async function readServerAddress(connectionString: string): Promise<string | null> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ address: string | null }>('SELECT inet_server_addr()::text AS address');
  await client.end();
  return rows[0]?.address ?? null;
}

test('listens on a private socket and on TCP, also for processes that join', async () => {
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

describe('a crashed server', () => {
  test.each(['this process', 'a process of the same user'])(
    'is started again although %s has its id by now',
    async (who) => {
      const { dataDir, server } = await start('data');
      const lock = join(dataDir, 'postgres/data/postmaster.pid');
      const text = readFileSync(lock, 'utf8');
      const { uid, gid } = statSync(lock);
      const other = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' });
      onTestFinished(() => void other.kill());
      const pid = Number(text.split('\n')[0]);
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => isServerOf(join(dataDir, 'postgres/data'), pid), { timeout: 10_000 }).toBe(false);
      const takenBy = who === 'this process' ? process.pid : other.pid;
      writeFileSync(lock, text.replace(String(pid), String(takenBy)));
      const again = await startEmbeddedPostgres({ dataDir, database: 'vitrine', isThrowaway: true });
      onTestFinished(again.stop);
      expect(again).toMatchObject({ url: server.url, wasRunning: false });
      expect(await readServerAddress(again.url)).toBeNull();
    },
    60_000,
  );

  test('is stopped by its last user although another process has the id of one that crashed', async () => {
    const { dataDir, server } = await start('data');
    // As if this process had got the id of a user that crashed.
    writeFileSync(join(dataDir, 'postgres/users', String(process.ppid)), '1');
    await server.stop();
    expect(await readServerAddress(server.url).catch(() => 'stopped')).toBe('stopped');
  }, 60_000);
});

describe('a supervised server', () => {
  const log = createLog('silent', false);
  const timing = { checkMs: 20, firstPauseMs: 50, maxPauseMs: 50, stableMs: 60_000, attempts: 2 };
  const readPid = (dataDir: string) =>
    Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
  const canConnect = (url: string) =>
    readServerAddress(url).then(
      () => true,
      () => false,
    );

  test('is restarted at the same address when killed', async () => {
    const { dataDir, server } = await start('data');
    server.watch({ log, timing, onMoved: unexpected, onLost: unexpected });
    for (let kills = 0; kills < 2; kills += 1) {
      const pid = readPid(dataDir);
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => readPid(dataDir), { timeout: 30_000 }).not.toBe(pid);
      await expect.poll(() => canConnect(server.url), { timeout: 30_000 }).toBe(true);
    }
  }, 90_000);

  test('moves to another port if its port is taken', async () => {
    const { dataDir, server } = await start('data');
    let url = server.url;
    server.watch({ log, timing, onMoved: (newUrl) => (url = newUrl), onLost: unexpected });
    const port = Number(new URL(server.url).port);
    process.kill(readPid(dataDir), 'SIGKILL');
    // Takes the port.
    const other = createServer();
    await expect.poll(() => listens(other, port), { timeout: 5_000, interval: 1 }).toBe(true);
    onTestFinished(() => void other.close());
    await expect.poll(() => url, { timeout: 30_000 }).not.toBe(server.url);
    expect(await readServerAddress(url)).toBeNull();
  }, 90_000);

  test('is rejoined if another process has restarted it', async () => {
    const { dataDir, server } = await start('data');
    const port = Number(new URL(server.url).port);
    const gone = readPid(dataDir);
    process.kill(gone, 'SIGKILL');
    const other = createServer();
    await expect.poll(() => listens(other, port), { timeout: 5_000, interval: 1 }).toBe(true);
    onTestFinished(() => void other.close());
    const restarted = await startEmbeddedPostgres({ dataDir, database: 'vitrine', isThrowaway: true });
    // Stop the supervisor first, or it would restart the server.
    onTestFinished(async () => {
      await server.stop();
      await restarted.stop();
    });
    const pid = readPid(dataDir);
    const moved: string[] = [];
    server.watch({ log, timing, onMoved: (url) => moved.push(url), onLost: unexpected });
    await expect.poll(() => moved, { timeout: 5_000 }).toEqual([restarted.url]);
    expect(restarted.url).not.toBe(server.url);
    expect(readPid(dataDir)).toBe(pid);
  }, 90_000);

  test('is given up with a reason if it can’t be restarted', async () => {
    const { dataDir, server } = await start('data');
    const lost = Promise.withResolvers<unknown>();
    server.watch({ log, timing, onMoved: unexpected, onLost: lost.resolve });
    const pid = readPid(dataDir);
    rmSync(join(dataDir, 'postgres/data/global/pg_control'));
    process.kill(pid, 'SIGKILL');
    expect(await lost.promise).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining("didn't start") as string,
    });
  }, 90_000);
});

function unexpected(reason: unknown): never {
  throw new Error('unexpected', { cause: reason });
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}
