import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { openSlowSocket } from '#lib/testing/servers/slow-socket.ts';
import { createLimitedServer } from './limited-server.ts';
import { answerText } from './requests.ts';

const LIMITS = {
  headersMs: 500,
  keepAliveMs: 500,
  stallMs: 800,
  stallBytes: 64,
  checkMs: 40,
  lingerMs: 800,
  lingerBytes: 1024 * 1024,
};
/** Far beyond every limit. */
const LONG_MS = 3 * LIMITS.stallMs;
const LARGE_BYTES = 96 * 1024 * 1024;

let server: Server;
let url: string;
/** How the last request body ended for its handler. */
let bodyEnd: 'whole' | 'broken' | null;

beforeEach(async () => {
  bodyEnd = null;
  const answerStalled = (_req: IncomingMessage, res: ServerResponse) => answerText(res, 408, 'stalled');
  server = createLimitedServer(answerStalled, LIMITS);
  server.on('request', (req, res) => void listener(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function listener(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.url === '/large') return void res.end(Buffer.alloc(LARGE_BYTES));
  if (req.url === '/later') await sleep(LONG_MS);
  let bytes = 0;
  req.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('error', () => undefined);
  req.on('end', () => {
    bodyEnd = 'whole';
    answerText(res, 200, `${bytes} bytes`);
  });
  req.on('close', () => (bodyEnd ??= 'broken'));
}

const head = (method: string, path: string, ...more: string[]) =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: x', ...more].join('\r\n')}\r\n\r\n`;

test.each([
  ['GET', '', '0 bytes'],
  ['POST', 'hello', '5 bytes'],
])('answers %s requests that ask for another protocol', async (method, body, answer) => {
  server.on('upgrade', (_req, socket) => void socket.destroy());
  const upgrade = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAEAAEAA'];
  const { write, received } = await openSlowSocket(url);
  write(head(method, '/', ...upgrade, `Content-Length: ${body.length}`) + body);
  await expect.poll(received).toContain(answer);
  expect(received()).toMatch(/^HTTP\/1\.1 200 /);
});

describe('closes a connection', () => {
  it('that sends nothing', async () => {
    const { closed, received } = await openSlowSocket(url);
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('that sends its headers byte by byte', async () => {
    const { write, drip, closed, received } = await openSlowSocket(url);
    write('GET / HTTP/1.1\r\nX-Slow: ');
    expect(await drip('x', 20, LONG_MS / 20)).toBe(false);
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('that sends the headers of its second request byte by byte', async () => {
    const { write, drip, closed, received } = await openSlowSocket(url);
    write(head('GET', '/'));
    await expect.poll(received).toMatch(/0 bytes/);
    write('GET / HTTP/1.1\r\nX-Slow: ');
    expect(await drip('x', 20, LONG_MS / 20)).toBe(false);
    await closed;
  });

  it('that is idle after a response', async () => {
    const { write, closed, received } = await openSlowSocket(url);
    write(head('GET', '/'));
    await expect.poll(received).toMatch(/0 bytes/);
    await closed;
    expect(received()).not.toMatch(/408/);
  });

  it('with oversized headers, answering 431', async () => {
    const { write, closed, received } = await openSlowSocket(url);
    write(head('GET', '/', `Authorization: Bearer ${'x'.repeat(24 * 1024)}`));
    await expect.poll(received).toMatch(/^HTTP\/1\.1 200 /);
    write(head('GET', '/', `Authorization: Bearer ${'x'.repeat(40 * 1024)}`));
    await closed;
    expect(received()).toMatch(/HTTP\/1\.1 431 /);
  });

  it('that does not read the response', async () => {
    const { socket, write } = await openSlowSocket(url);
    const requested = once(server, 'request');
    socket.pause();
    write(head('GET', '/large'));
    const [, res] = (await requested) as [IncomingMessage, ServerResponse];
    await once(res, 'close');
    expect(res.writableFinished).toBe(false);
    socket.destroy();
  });
});

describe('a request body', () => {
  it('that stalls is answered with 408 and aborted', async () => {
    const { write, closed, received } = await openSlowSocket(url);
    write(`${head('POST', '/', 'Content-Length: 1000')}some of it`);
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 408 [\s\S]*Connection: close[\s\S]*stalled/);
    await expect.poll(() => bodyEnd).toBe('broken');
  });

  it('that trickles in below the minimum rate is answered with 408', async () => {
    const { write, drip, closed, received } = await openSlowSocket(url);
    write(head('POST', '/', 'Content-Length: 100000'));
    expect(await drip('x', 50, LONG_MS / 50)).toBe(false);
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('above the minimum rate may take any time', async () => {
    const { write, drip, received } = await openSlowSocket(url);
    const times = LONG_MS / 40;
    write(head('POST', '/', `Content-Length: ${times * 20}`));
    await drip('twenty bytes, a time', 40, times);
    await expect.poll(received).toMatch(new RegExp(`^HTTP/1.1 200 [\\s\\S]*${times * 20} bytes`));
    expect(bodyEnd).toBe('whole');
  });

  it.each([1000, 500_000])('of %i bytes waits for a busy server', async (lengthBytes) => {
    const { write, received } = await openSlowSocket(url);
    write(head('POST', '/later', `Content-Length: ${lengthBytes}`) + 'x'.repeat(lengthBytes));
    await expect.poll(received, { timeout: 3 * LONG_MS }).toMatch(/^HTTP\/1\.1 200 /);
    expect(received()).toContain(`${lengthBytes} bytes`);
  });
});

it('sends the whole response to a slow reader', async () => {
  const { socket, write } = await openSlowSocket(url);
  socket.removeAllListeners('data');
  let readBytes = 0;
  socket.pause();
  write(head('GET', '/large', 'Connection: close'));
  const until = performance.now() + LONG_MS;
  while (performance.now() < until) {
    // Read enough that the client's kernel opens the receive window: a sixteenth of 6 MB.
    readBytes += (socket.read(128 * 1024) as Buffer | null)?.length ?? 0;
    await sleep(10);
  }
  expect(socket.destroyed).toBe(false);
  socket.on('data', (chunk: Buffer) => (readBytes += chunk.length)).resume();
  await once(socket, 'end');
  expect(readBytes).toBeGreaterThan(LARGE_BYTES);
});

it('serves other clients despite hundreds of idle connections', async () => {
  const idle = await Promise.all(Array.from({ length: 300 }, () => openSlowSocket(url)));
  for (const { write } of idle.slice(0, 150)) write('GET / HTTP/1.1\r\nX-Slow: ');
  const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(url, { method: 'POST', body: 'x' })));
  for (const answer of answers) expect(answer.status).toBe(200);
  await Promise.all(idle.map(({ closed }) => closed));
});
