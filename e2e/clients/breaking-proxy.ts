// A proxy between client and site that cuts every first response with a blob half-way.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { BASE_URL } from '../fixtures.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';

export type BreakingProxy = {
  host: string;
  /** The Range header of each blob request in order, or null. */
  ranges: (string | null)[];
  close: () => Promise<void>;
};

/** Forwards `keepBytes` of the first response with each blob. */
export async function startBreakingProxy(keepBytes: number): Promise<BreakingProxy> {
  const ranges: (string | null)[] = [];
  const broken = new Set<string>();
  const server = createServer((req, res) => {
    const url = req.url ?? '';
    const isBlob = req.method === 'GET' && url.includes('/blobs/sha256:');
    if (isBlob) ranges.push(req.headers.range ?? null);
    const isToBreak = isBlob && !broken.has(url);
    broken.add(url);
    forward(req, res, isToBreak ? keepBytes : null);
  });
  const port = await findFreePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { host: `127.0.0.1:${port}`, ranges, close };
}

function forward(req: IncomingMessage, res: ServerResponse, keepBytes: number | null): void {
  const { hostname, port } = new URL(BASE_URL);
  const { method = 'GET', url: path = '', headers } = req;
  const ahead = request({ hostname, port, method, path, headers }, (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    let sentBytes = 0;
    answer.on('data', (chunk: Buffer) => {
      sentBytes += chunk.length;
      res.write(chunk);
      if (keepBytes !== null && sentBytes >= keepBytes) res.socket?.end(() => res.destroy());
    });
    answer.on('end', () => res.end()).on('error', () => res.destroy());
  });
  ahead.on('error', () => res.destroy());
  res.on('close', () => ahead.destroy());
  req.pipe(ahead);
}
