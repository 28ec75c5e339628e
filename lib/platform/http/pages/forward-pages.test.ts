import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { stampRequest } from '#lib/platform/http/requests.ts';
import type { Siblings } from '#lib/platform/processes/siblings.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { forwardPages } from './forward-pages.ts';

/** Starts a page process on a socket, and a server that passes every request on to it. */
async function startPair(answer: RequestListener) {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-test-'));
  const socketPath = join(folder, 'pages.sock');
  // A connection that hangs isn't ended before the test is.
  const pages = createServer({ keepAliveTimeout: 60_000 }, answer);
  pages.listen(socketPath);
  await once(pages, 'listening');
  const part = { pageSockets: [socketPath] };
  const siblings = { part, lastTurn: 7 } as unknown as Siblings;
  const routes: string[] = [];
  const forwarder = forwardPages({ siblings, onRoute: (_id, route) => routes.push(route) });
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    stampRequest(req, { proxyCount: 0 });
    forwarder.handle(req, res).catch((error: unknown) => {
      const status = isAppError(error) ? (error.code === 'rate_limited' ? 429 : 503) : 500;
      if (!req.socket.destroyed) res.writeHead(status, { 'Retry-After': '5' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    forwarder.close();
    for (const one of [server, pages]) end(one);
    rmSync(folder, { recursive: true });
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, routes, forwarder, pages };
}

function end(server: Server): void {
  server.close();
  server.closeAllConnections();
}

test('passes on method, path, headers and body, and the answer with its headers', async () => {
  let seen: IncomingMessage | null = null;
  const { url, routes } = await startPair((req, res) => {
    seen = req;
    req.pipe(res.writeHead(201, { 'X-Own': 'a', 'Set-Cookie': ['b=1', 'c=2'], 'x-vitrine-route': '/api/v1/me' }));
  });
  const answer = await fetch(`${url}/console?x=1`, {
    method: 'POST',
    body: 'hello',
    headers: { 'x-vitrine-turn': '99', 'x-client-address': '203.0.113.9', cookie: 'd=3' },
  });
  expect([answer.status, await answer.text()]).toEqual([201, 'hello']);
  expect(answer.headers.getSetCookie()).toEqual(['b=1', 'c=2']);
  expect(answer.headers.has('x-vitrine-route')).toBe(false);
  expect(routes).toEqual(['/api/v1/me']);
  const { method, url: path, headers } = seen as unknown as IncomingMessage;
  expect([method, path]).toEqual(['POST', '/console?x=1']);
  // A client can choose neither the turn nor its address.
  expect(headers).toMatchObject({ 'x-vitrine-turn': '7', 'x-client-address': '127.0.0.1', cookie: 'd=3' });
  expect(headers['content-length']).toBe('5');
});

test('streams in both directions', async () => {
  const { url } = await startPair((req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    req.on('data', (chunk: Buffer) => res.write(`got ${chunk.toString()}`));
    req.on('end', () => res.end());
  });
  const sent = request(url, { method: 'POST' });
  sent.write('one');
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  expect(String((await once(answer, 'data'))[0])).toBe('got one');
  sent.end('two');
  expect(await text(answer)).toBe('got two');
});

test('goes on after an answer to a body that the page process stopped reading', async () => {
  const { url } = await startPair((req, res) => {
    if (req.method === 'GET') return void res.end('ok');
    // As Next does when a body is too large.
    req.once('data', () => {
      req.pause();
      res.writeHead(413).end('too large');
    });
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const send = async (method: string, body: Buffer) => {
    const sent = request(url, { method, agent, headers: { 'content-length': body.length } }).end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return [answer.statusCode, await text(answer)];
  };
  expect(await send('POST', Buffer.alloc(5_000_000))).toEqual([413, 'too large']);
  expect(await send('GET', Buffer.alloc(0))).toEqual([200, 'ok']);
});

test('ends the page when the client leaves, and the answer when the page process dies', async () => {
  const { url, pages } = await startPair((req, res) => {
    res.write('begun');
    if (req.url === '/left') res.on('close', () => pages.emit('left'));
    else setImmediate(() => req.socket.destroy());
  });
  const left = once(pages, 'left');
  const sent = request(`${url}/left`).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  sent.destroy();
  await left;
  await expect(fetch(`${url}/broken`).then((broken) => broken.text())).rejects.toThrow();
});

test('frees the places of pipelined requests whose connection is lost, and refuses those beyond', async () => {
  const waiting = new Set<ServerResponse>();
  const { url, pages } = await startPair((req, res) => {
    if (req.url === '/now') return void res.end('ok');
    waiting.add(res.on('close', () => waiting.delete(res)));
  });
  pages.setTimeout(0);
  const { port } = new URL(url);
  const client = connect(Number(port), '127.0.0.1');
  client.write('GET /waits HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(500));
  await expect.poll(() => waiting.size, { timeout: 10_000 }).toBe(500);
  const refused = await fetch(`${url}/now`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
  client.resetAndDestroy();
  await expect.poll(() => waiting.size, { timeout: 10_000 }).toBe(0);
  expect((await fetch(`${url}/now`)).status).toBe(200);
});

test('answers 503 while the page process is gone, and finds it again', async () => {
  const { url, pages, forwarder } = await startPair((_req, res) => void res.end('ok'));
  await forwarder.check();
  const path = pages.address() as string;
  end(pages);
  await once(pages, 'close');
  const gone = await fetch(url);
  expect([gone.status, gone.headers.get('retry-after')]).toEqual([503, '5']);
  await expect(forwarder.check()).rejects.toMatchObject({ code: 'unavailable' });
  pages.listen(path);
  await once(pages, 'listening');
  expect((await fetch(url)).status).toBe(200);
});
