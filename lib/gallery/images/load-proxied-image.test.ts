import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestUpstreamClient } from '#lib/testing/servers/create-test-upstream-client.ts';
import { createLog } from '#lib/platform/log.ts';
import { createImageProxy } from './load-proxied-image.ts';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const CLIENT = '203.0.113.7';

let server: Server;
let folder: string;
let requests: string[];
let origin: string;
const close: (() => Promise<void>)[] = [];
beforeEach(async () => {
  requests = [];
  folder = await mkdtemp(join(tmpdir(), 'vitrine-images-'));
  server = createServer((req, res) => {
    requests.push(req.url ?? '');
    const [, what = ''] = /^\/(\w+)/.exec(req.url ?? '') ?? [];
    if (what === 'internal') res.writeHead(302, { location: 'http://127.0.0.2:1/a.svg' }).end();
    else if (what === 'moved') res.writeHead(302, { location: `${origin}/a.svg` }).end();
    else if (what === 'page') res.writeHead(200, { 'content-type': 'image/png' }).end('<html></html>');
    else if (what === 'large') res.writeHead(200).end(SVG + ' '.repeat(6 * 1024 * 1024));
    else if (what === 'missing') res.writeHead(404).end();
    else res.writeHead(200, { 'content-type': 'text/html' }).end(SVG);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const end of close.splice(0)) await end();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

function open(options: { now?: () => number; maxBytes?: number } = {}) {
  const client = createTestUpstreamClient({ allowedNetworks: ['127.0.0.1'] });
  close.push(() => client.close());
  const log = createLog('silent', false);
  const images = createImageProxy({ client, log, folder, unlimitedNetworks: [], ...options });
  return (path: string, visitor = CLIENT) => images.load(new URL(path, origin), visitor);
}

test('fetches an image once, and tells its type by its content', async () => {
  const load = open();
  const [first, second] = await Promise.all([load('/a.svg'), load('/a.svg')]);
  expect(first).toEqual({ bytes: Buffer.from(SVG), type: 'image/svg+xml' });
  expect(second).toEqual(first);
  expect(await open()('/a.svg')).toEqual(first);
  expect(requests).toEqual(['/a.svg']);
});

test('follows redirects, but not to internal addresses', async () => {
  const load = open();
  expect(await load('/moved')).not.toBeNull();
  expect(await load('/internal')).toBeNull();
  expect(await load('http://127.0.0.2:1/a.svg')).toBeNull();
});

test.each(['/page', '/large', '/missing'])('shows nothing for %s, and does not ask again at once', async (path) => {
  const load = open();
  expect([await load(path), await load(path)]).toEqual([null, null]);
  expect(requests).toEqual([path]);
});

test('fetches an old image again, and shows the old one if that fails', async () => {
  const load = open();
  const image = await load('/a.svg');
  const later = open({ now: () => Date.now() + 5 * 3_600_000 });
  expect(await later('/a.svg')).toEqual(image);
  expect(requests).toHaveLength(2);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await open({ now: () => Date.now() + 50 * 3_600_000 })('/a.svg')).toEqual(image);
});

test('limits how many images one client may cause to be fetched', async () => {
  const load = open();
  for (let i = 0; i < 600; i += 1) await load(`/${i}.svg`);
  await expect(load('/more.svg')).rejects.toMatchObject({ code: 'rate_limited' });
  expect(await load('/1.svg')).not.toBeNull();
  expect(await load('/more.svg', '203.0.113.8')).not.toBeNull();
});

test('bounds the cache', async () => {
  const load = open({ maxBytes: 10 * SVG.length });
  await load('/0.svg');
  for (let i = 1; i < 30; i += 1) await load(`/${i}.svg`);
  // The size is checked when a process writes its first image.
  await open({ maxBytes: 10 * SVG.length })('/more.svg');
  expect((await readdir(folder)).length).toBeLessThanOrEqual(10);
});

test('shows images while the cache is unavailable', async () => {
  const client = createTestUpstreamClient({ allowedNetworks: ['127.0.0.1'] });
  close.push(() => client.close());
  const options = { client, log: createLog('silent', false), folder: '/dev/null/none', unlimitedNetworks: [] };
  expect(await createImageProxy(options).load(new URL('/a.svg', origin), CLIENT)).not.toBeNull();
});
