// A proxy that makes every client ask for one format only.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BASE_URL } from '../../fixtures.ts';

export async function startNarrowProxy(accept: string): Promise<{ host: string; close: () => Promise<void> }> {
  const { hostname, port } = new URL(BASE_URL);
  const server = createServer((req, res) => {
    const { method = 'GET', url: path = '' } = req;
    const headers = { ...req.headers, ...(path.includes('/manifests/') && { accept }) };
    const ahead = request({ hostname, port, method, path, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    ahead.on('error', () => res.destroy());
    req.pipe(ahead);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
