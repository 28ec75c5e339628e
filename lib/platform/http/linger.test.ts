import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { listOpenFiles } from '#lib/testing/list-open-files.ts';
import { openRawSocket, type RawSocket } from '#lib/testing/servers/raw-socket.ts';
import { CONNECTION_LIMITS, createLimitedServer } from './limited-server.ts';
import { answerText } from './requests.ts';

const LIMITS = { ...CONNECTION_LIMITS, checkMs: 40, lingerMs: 1_000, lingerBytes: 4 * 1024 * 1024 };
const BODY_BYTES = 1_200_000;
const TAKEN_BYTES = 1_000_000;

let server: Server;
let url: string;
let sockets: RawSocket[];

beforeEach(async () => {
  sockets = [];
  server = createLimitedServer((_req, res) => answerText(res, 408, 'stalled'), LIMITS);
  server.on('request', (req, res) => void listener(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const socket of sockets) socket.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Each path abandons the body the way one of the edges does. */
async function listener(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.url === '/paused') {
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= TAKEN_BYTES) return;
      req.off('data', onData).pause();
      answerText(res, 413, 'too large');
    };
    req.on('data', onData);
  } else if (req.url === '/web-stream') {
    const reader = Readable.toWeb(req).getReader();
    await reader.read();
    answerText(res, 413, 'too large');
  } else if (req.url === '/iterator') {
    const { socket } = req;
    for await (const _chunk of req) {
      // Like Next: leaving the loop destroys the request but not the connection.
      Object.defineProperty(req, 'socket', { value: null });
      break;
    }
    expect(socket.destroyed).toBe(false);
    answerText(res, 413, 'too large');
  } else if (req.url === '/readable') {
    req.on('readable', () => !res.headersSent && answerText(res, 413, 'too large'));
  } else answerText(res, req.method === 'GET' ? 200 : 401, `answer to ${req.url}.`);
}

async function open(): Promise<RawSocket> {
  const socket = await openRawSocket(url);
  sockets.push(socket);
  return socket;
}

const head = (path: string, lengthBytes: number) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${lengthBytes}\r\n\r\n`;
const NEXT = 'GET /next HTTP/1.1\r\nHost: x\r\n\r\n';

describe.each(['/paused', '/web-stream', '/iterator', '/readable', '/unread'])('a body abandoned at %s', (path) => {
  it('does not block the next request on its connection', async () => {
    const socket = await open();
    socket.send(head(path, BODY_BYTES), Buffer.alloc(BODY_BYTES), NEXT);
    expect(await socket.waitFor(/HTTP\/1\.1 200 /)).toMatch(/^HTTP\/1\.1 4\d\d [\s\S]*HTTP\/1\.1 200 /);
  });

  it('frees its file descriptor if it never ends', async () => {
    const before = (await listOpenFiles()).length;
    for (let i = 0; i < 20; i += 1) (await open()).send(head(path, BODY_BYTES), Buffer.alloc(BODY_BYTES - 1));
    await expect.poll(() => sockets.every((socket) => socket.isClosed()), { timeout: 5_000 }).toBe(true);
    await expect.poll(async () => (await listOpenFiles()).length).toBeLessThanOrEqual(before);
  });

  it('closes the connection if more than the limit would be discarded', async () => {
    const socket = await open();
    socket.send(head(path, 2 * LIMITS.lingerBytes), Buffer.alloc(BODY_BYTES));
    expect(await socket.waitFor(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 4\d\d [\s\S]*Connection: close/i);
    await expect.poll(() => socket.isClosed()).toBe(true);
  });
});

it('a client that reads the response after sending everything receives it', async () => {
  const socket = await open();
  const lengthBytes = LIMITS.lingerBytes;
  socket.send(`POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${lengthBytes.toString(16)}\r\n`);
  await socket.sendAll(Buffer.alloc(lengthBytes));
  expect(await socket.waitFor(/answer to/)).toMatch(/Connection: close/i);
});

it('closes the connection of an endless body at the byte limit', async () => {
  const patient = createLimitedServer(() => undefined, { ...LIMITS, lingerMs: 600_000 });
  onTestFinished(() => void patient.close());
  patient.on('request', (req, res) => void listener(req, res)).listen(0, '127.0.0.1');
  await once(patient, 'listening');
  // A client that keeps sending after the server has closed its half.
  const client = connect({ port: (patient.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void client.destroy());
  client.on('error', () => undefined).resume();
  client.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000), Buffer.from('\r\n')]);
  for (let sent = 0; !client.closed && sent < 16 * LIMITS.lingerBytes; sent += chunk.length) {
    if (!client.write(chunk)) await Promise.race([once(client, 'drain'), once(client, 'close')]).catch(() => undefined);
  }
  await expect.poll(() => client.closed).toBe(true);
});

it('1,000 rejected bodies on keep-alive connections leak no file descriptors', { timeout: 60_000 }, async () => {
  const proxies = await Promise.all(Array.from({ length: 10 }, open));
  const before = (await listOpenFiles()).length;
  const body = Buffer.alloc(BODY_BYTES);
  await Promise.all(
    proxies.map(async (socket) => {
      for (let i = 1; i <= 100; i += 1) {
        socket.send(head(i % 2 ? '/paused' : '/iterator', BODY_BYTES), body, NEXT.replace('/next', `/next-${i}`));
        await socket.waitFor(new RegExp(`answer to /next-${i}\\.`));
      }
    }),
  );
  expect((await listOpenFiles()).length).toBeLessThan(before + 50);
});
