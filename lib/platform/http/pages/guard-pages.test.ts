import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createRawClient } from '#lib/testing/servers/raw-http.ts';
import { openRawSocket } from '#lib/testing/servers/raw-socket.ts';
import { toAppError } from '#lib/platform/errors.ts';
import { guardPages } from './guard-pages.ts';
import type { PageHandler } from './queue-pages.ts';
import { answerText, stampRequest } from '#lib/platform/http/requests.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const TURNS = { atATime: 2, atATimePerKey: 1, maxWaitingPerKey: 3, maxWaiting: 5, maxHoldMs: 60_000 };

/** Serves behind a trusted proxy, so that tests can choose client addresses. */
async function serve(handle: PageHandler, turns = TURNS) {
  const guarded = guardPages(handle, turns);
  server = createServer((req, res) => {
    stampRequest(req, { proxyCount: 1 });
    guarded(req, res).catch((error: unknown) =>
      answerText(res, toAppError(error).code === 'rate_limited' ? 429 : 500, ''),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createRawClient(url);
  const get = (address: string, path = '/') => client.send('GET', path, { headers: { 'x-forwarded-for': address } });
  return { url, client, get };
}

/** Pages that finish on demand. */
function createPages() {
  const begun: { path: string; res: ServerResponse }[] = [];
  const handle = async (req: IncomingMessage, res: ServerResponse) => {
    if (req.url?.startsWith('/_next/')) return void res.end();
    begun.push({ path: req.url ?? '', res });
    await once(res, 'close');
  };
  const paths = () => begun.map(({ path }) => path);
  const finish = (path: string) => begun.find((page) => page.path === path)?.res.end();
  return { handle, paths, finish };
}

test('schedules pages fairly between networks', async () => {
  const pages = createPages();
  const { get } = await serve(pages.handle);
  // These share one IPv6 network.
  const answers = [get('2001:db8::1', '/a1')];
  await expect.poll(pages.paths).toEqual(['/a1']);
  answers.push(get('2001:db8::2', '/a2'));
  // Static files aren't queued.
  expect((await get('2001:db8::3', '/_next/static/file')).status).toBe(200);
  answers.push(get('2001:db8::4', '/a3'), get('192.0.2.1', '/b1'));
  await expect.poll(pages.paths).toEqual(['/a1', '/b1']);
  answers.push(get('192.0.2.2', '/c1'));
  for (const path of ['/b1', '/c1', '/a1', '/a2', '/a3']) {
    await expect.poll(pages.paths).toContain(path);
    pages.finish(path);
  }
  for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
  expect(pages.paths()).toEqual(['/a1', '/b1', '/c1', '/a2', '/a3']);
});

test('rejects a network with a full queue but serves others', async () => {
  const pages = createPages();
  const { get } = await serve(pages.handle);
  const send = async (address: string, path: string) => (await get(address, path).catch(() => null))?.status;
  // One runs and three wait.
  const five = [1, 2, 3, 4, 5].map((i) => send('192.0.2.1', `/a${i}`));
  expect(await Promise.race(five)).toBe(429);
  void send('192.0.2.2', '/b1');
  await expect.poll(pages.paths).toContain('/b1');
  expect(pages.paths()).toHaveLength(2);
});

test('a page releases its slot after maxHoldMs', async () => {
  const pages = createPages();
  const { get } = await serve(pages.handle, { ...TURNS, maxHoldMs: 1 });
  const slow = get('192.0.2.1', '/slow');
  await expect.poll(pages.paths).toEqual(['/slow']);
  const next = get('192.0.2.1', '/next');
  await expect.poll(pages.paths).toEqual(['/slow', '/next']);
  for (const path of ['/next', '/slow']) pages.finish(path);
  for (const { status } of await Promise.all([slow, next])) expect(status).toBe(200);
});

test('yields to other requests before the next page', async () => {
  const order: string[] = [];
  const handle = (req: IncomingMessage, res: ServerResponse) => {
    order.push(req.url ?? '');
    // Simulates a pull that arrived while the page was rendered.
    setImmediate(() => order.push(`after ${req.url ?? ''}`));
    res.end();
    return Promise.resolve();
  };
  const { get } = await serve(handle, { ...TURNS, atATime: 1 });
  await Promise.all([get('192.0.2.1', '/a'), get('192.0.2.2', '/b')]);
  await expect.poll(() => order).toEqual(['/a', 'after /a', '/b', 'after /b']);
});

test('reads a form before queueing and passes it on complete', async () => {
  const seen: string[] = [];
  const { url, client } = await serve(async (req, res) => {
    seen.push(req.method === 'POST' ? await text(req) : 'read');
    res.end();
  });
  const slow = await openRawSocket(url);
  slow.send('POST /signin HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\nContent-Length: 4\r\n\r\n["');
  const headers = { 'x-forwarded-for': '192.0.2.1' };
  expect((await client.send('GET', '/', { headers })).status).toBe(200);
  slow.send('a"');
  await expect.poll(() => seen).toEqual(['read', '["a"']);
  slow.close();
  const chunked = { ...headers, 'transfer-encoding': 'chunked' };
  expect((await client.send('POST', '/signin', { headers: chunked, body: '[1]' })).status).toBe(200);
  expect(seen.at(-1)).toBe('[1]');
});

test.each([
  ['/signin', 70_000, 413],
  ['/console/new', 70_000, 200],
  ['/console/new', 1_100_000, 413],
  ['/console-of-nobody', 70_000, 413],
  ['/api/v1/reports', 1_100_000, 200],
])('%s with %i bytes: %i', async (path, length, status) => {
  const { client } = await serve((req, res) => {
    answerText(res, 200, '');
    req.resume();
    return Promise.resolve();
  });
  const body = 'a'.repeat(length);
  for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
    expect((await client.send('POST', path, { headers, body })).status).toBe(status);
  }
});
