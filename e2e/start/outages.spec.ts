// A site while its database or disk is unavailable, and during shutdown.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '#lib/platform/pg/embedded-postgres.ts';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { findProgram } from '../find-program.ts';
import { cleanUp, createSitePublisher, newFolder, newSiteFolder, start } from './site-process.ts';

const endings: (() => unknown)[] = [];
const atEnd = (end: () => unknown) => void endings.push(end);

afterEach(async () => {
  await cleanUp(endings);
});

/** Starts a PostgreSQL of its own, behind a proxy that can be cut. */
async function startDatabase() {
  const postgres = await startEmbeddedPostgres({ dataDir: newFolder(), database: 'vitrine', isThrowaway: true });
  atEnd(postgres.stop);
  const target = new URL(postgres.url);
  const port = await findFreePort();
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  const cut = () => {
    server?.close();
    for (const socket of sockets) socket.destroy();
  };
  const join = async () => {
    server = createServer((socket) => {
      const other = createConnection(Number(target.port), '127.0.0.1');
      for (const end of [socket, other]) sockets.add(end.on('error', () => undefined));
      socket.pipe(other).pipe(socket);
      socket.on('close', () => other.destroy());
      other.on('close', () => socket.destroy());
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  atEnd(cut);
  const url = Object.assign(new URL(target), { port: String(port), search: '' }).href;
  return { url, cut, join };
}

const read = async (url: string) => {
  const response = await fetch(url, { headers: { connection: 'close' } });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.text() };
};

test('a site behind TLS sends HSTS on pages and errors', async () => {
  const ports = [await findFreePort(), await findFreePort()] as const;
  const listen = (port: number, settings: Record<string, string>) =>
    start({ DATA_DIR: newSiteFolder(), PORT: String(port), ...settings }).ready;
  await Promise.all([listen(ports[0], { PUBLIC_URL: 'https://g.example' }), listen(ports[1], {})]);
  const policyOf = async (port: number, path: string) =>
    (await fetch(`http://127.0.0.1:${port}${path}`)).headers.get('strict-transport-security');
  for (const path of ['/', '/no/such/page', '/livez', '/api/v1/repositories', '/v2/', '/token']) {
    expect(await policyOf(ports[0], path), path).toBe('max-age=31536000');
    expect(await policyOf(ports[1], path), path).toBeNull();
  }
});

test('an unavailable database is waited for on startup, and every edge responds with 503 until it is back', async () => {
  const database = await startDatabase();
  const dataDir = newFolder();
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const site = start({ DATA_DIR: dataDir, PORT: String(port), DATABASE_URL: database.url });
  await expect
    .poll(site.output, { timeout: 60_000 })
    .toMatch(/nothing listens there\. Check DATABASE_URL\. Waiting up to 60/);
  await database.join();
  await site.ready;
  expect(await read(url)).toMatchObject({ status: 200 });

  database.cut();
  expect(await read(`${url}/readyz`)).toMatchObject({
    status: 503,
    body: expect.stringMatching(/^not ready: database\ndatabase: The database is unavailable/) as string,
  });
  expect(await read(`${url}/livez`)).toMatchObject({ status: 200 });
  expect(await read(url)).toMatchObject({
    status: 503,
    retryAfter: '5',
    body: expect.stringContaining('can’t reach its database') as string,
  });
  expect(await read(`${url}/api/v1/repositories/some%2Fthing`)).toMatchObject({ status: 503 });
  expect(await read(`${url}/v2/some/thing/manifests/latest`)).toMatchObject({ status: 503 });

  await database.join();
  await expect.poll(async () => (await read(`${url}/readyz`)).body, { timeout: 20_000 }).toBe('ok\n');
  expect(await read(url)).toMatchObject({ status: 200 });
});

const canMount = process.getuid?.() === 0 && findProgram('mount') !== null;
describe.skipIf(!canMount)('the disk', () => {
  test(`when full or read-only, fails pushes but not pulls${canMount ? '' : ' (skipped: needs root to mount a small disk)'}`, async () => {
    const database = await startDatabase();
    await database.join();
    const dataDir = newFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dataDir]);
    atEnd(() => execFileSync('umount', [dataDir]));
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const settings = { DATA_DIR: dataDir, PORT: String(port), DATABASE_URL: database.url };
    const site = start(settings);
    await site.ready;
    const { alias, secret } = await createSitePublisher(url, dataDir, { env: { DATABASE_URL: database.url } });
    const client = createRawClient(url, basic(secret));
    const digest = await client.pushBlob(`${alias}/tool`, 'bytes');
    const pull = () => client.send('GET', `/v2/${alias}/tool/blobs/${digest}`);
    const push = () =>
      client.send('POST', `/v2/${alias}/tool/blobs/uploads/?digest=${sha256('more')}`, { body: Buffer.from('more') });

    const filler = join(dataDir, 'filler');
    expect(() => execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'], { stdio: 'ignore' })).toThrow();
    expect(await push()).toMatchObject({ status: 507, codes: ['DENIED'] });
    expect((await pull()).status).toBe(200);
    expect(await read(`${url}/readyz`)).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^ok\nwarning: pushes: This site's storage is full/) as string,
    });
    expect((await read(`${url}/metrics`)).body).toContain('vitrine_storage_writable 0');
    execFileSync('rm', [filler]);
    expect((await push()).status).toBe(201);

    execFileSync('mount', ['-o', 'remount,ro', dataDir]);
    const stop = async (child: typeof site) => {
      child.child.kill('SIGTERM');
      expect(await child.exitCode).toBe(0);
    };
    await stop(site);
    // So does a replica that starts meanwhile.
    const second = start(settings);
    await second.ready;
    expect((await pull()).status).toBe(200);
    const refused = await push();
    expect(refused).toMatchObject({ status: 503, codes: ['UNAVAILABLE'] });
    expect(refused.body.toString()).toContain('read-only');
    expect((await read(`${url}/readyz`)).body).toMatch(/^ok\nwarning: pushes: .* read-only/);
    await stop(second);
  });
});

test('after SIGTERM, requests are served until the load balancer has noticed, and a running upload completes', async () => {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const dataDir = newSiteFolder();
  const site = start({ DATA_DIR: dataDir, PORT: String(port), DRAIN_DELAY_SECONDS: '3', DRAIN_SECONDS: '30' });
  await site.ready;
  const { alias, secret } = await createSitePublisher(url, dataDir);
  const client = createRawClient(url, basic(secret));
  const location = await client.startUpload(`${alias}/slow`);
  const half = Buffer.alloc(1_000, 'x');
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(half);
      await sleep(6_000);
      controller.enqueue(half);
      controller.close();
    },
  });
  const headers = { authorization: basic(secret) };
  const patched = fetch(new URL(location, url), { method: 'PATCH', headers, body, duplex: 'half' } as RequestInit);
  await sleep(500);
  site.child.kill('SIGTERM');
  await expect.poll(async () => (await read(`${url}/readyz`)).body, { interval: 20 }).toBe('not ready: draining\n');
  const stillHere = await fetch(`${url}/v2/`, { headers });
  expect([stillHere.status, stillHere.headers.get('connection')]).toEqual([200, 'close']);
  expect((await read(`${url}/livez`)).status).toBe(200);
  // After the delay, new connections are refused while the upload continues.
  await expect
    .poll(
      () =>
        read(`${url}/livez`).then(
          () => 'answered',
          () => 'refused',
        ),
      { timeout: 10_000, interval: 100 },
    )
    .toBe('refused');
  const answer = await patched;
  expect([answer.status, answer.headers.get('range')]).toEqual([202, '0-1999']);
  expect(await site.exitCode).toBe(0);
});
