import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { drain, listen } from './listen.ts';

async function serve(): Promise<{ server: Server; port: number }> {
  // Answers only one path.
  const server = createServer((req, res) => void (req.url === '/' && res.end('here'))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

const ask = (port: number) =>
  fetch(`http://127.0.0.1:${port}/`).then(
    (response) => response.text(),
    () => 'refused',
  );

test('accepts connections during the drain delay and refuses them afterwards', async () => {
  const { server, port } = await serve();
  const drained = drain(server, { delaySeconds: 2, maxSeconds: 60 });
  expect(await ask(port)).toBe('here');
  await drained;
  expect(await ask(port)).toBe('refused');
});

test('aborts a request that exceeds the drain time', async () => {
  const { server, port } = await serve();
  const client = connect(port, '127.0.0.1').on('error', () => undefined);
  client.write('GET /never HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(server, 'request');
  const closed = once(client, 'close');
  await drain(server, { delaySeconds: 0, maxSeconds: 1 });
  await closed;
});

test('reports a port in use', async () => {
  const { port } = await serve();
  await expect(listen(createServer(), { host: '127.0.0.1', port })).rejects.toThrow(/Port \d+ on 127.0.0.1 is in use/);
});
