// Returns stored bytes from memory without any checks: a lower bound for any registry on node:http under this load.
// Usage: node bare-server.ts PORT
import { createServer } from 'node:http';

const contents = new Map<string, Buffer>();
const port = Number(process.argv[2]);

const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0 }, (req, res) => {
  const [path = '', query = ''] = (req.url ?? '').split('?');
  if (req.method === 'POST') {
    res.writeHead(202, { Location: path, 'Content-Length': 0 }).end();
  } else if (req.method === 'PATCH') {
    req.on('end', () => res.writeHead(202, { Location: path, 'Content-Length': 0 }).end()).resume();
  } else if (req.method === 'PUT') {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const digest = /digest=([^&]*)/.exec(query)?.[1];
      const body = Buffer.concat(chunks);
      // Keep only what is read again, because pushed bytes would fill the memory.
      if (path.includes('/pulls/')) contents.set(digest ? path.replace('uploads/', digest) : path, body);
      res.writeHead(201, { 'Content-Length': 0 }).end();
    });
  } else {
    const body = contents.get(path) ?? (path.includes('/manifests/sha256:') ? newestManifest(path) : undefined);
    if (path !== '/v2/' && !body) res.writeHead(404, { 'Content-Length': 0 }).end();
    else res.writeHead(200, { 'Content-Length': body?.length ?? 0 }).end(req.method === 'GET' ? body : undefined);
  }
});
server.listen(port, '127.0.0.1');

/** A repository has only one image here. */
function newestManifest(path: string): Buffer | undefined {
  return contents.get(path.replace(/sha256:.*/, 'latest'));
}
