// After an edge refuses a body, its connection must serve the next request, and no connection may leak.
import { expect, test } from 'vitest';
import { openRawSocket } from '#lib/testing/servers/raw-socket.ts';
import { BASE_URL } from '../fixtures.ts';

const BODY = Buffer.alloc(1_200_000, 'x');
const CONNECTIONS = 10;
const REQUESTS = 1_000;

const EDGES: [path: string, headers: string][] = [
  ['/api/v1/reports', 'Content-Type: application/json\r\n'],
  ['/signin', 'Content-Type: multipart/form-data; boundary=x\r\n'],
  ['/signin', `Next-Action: ${'0'.repeat(42)}\r\nContent-Type: text/plain\r\n`],
  ['/no/such/page', ''],
  ['/token', 'Content-Type: application/x-www-form-urlencoded\r\n'],
  ['/v2/nobody/image/blobs/uploads/', ''],
  ['/livez', ''],
];

/** Of all processes of the site. */
async function countDescriptors(): Promise<number> {
  const metrics = await (await fetch(`${BASE_URL}/metrics`)).text();
  const counts = [...metrics.matchAll(/^process_open_fds(?:\{.*\})? (\d+)/gm)].map(([, count]) => Number(count));
  expect(counts).not.toEqual([]);
  return counts.reduce((sum, count) => sum + count, 0);
}

test('1,000 unread bodies of 1.2 MB leave no open connections', { timeout: 300_000 }, async () => {
  const sendEach = async (first: number) => {
    const socket = await openRawSocket(BASE_URL);
    for (let i = first; i < REQUESTS; i += CONNECTIONS) {
      const [path, headers] = EDGES[i % EDGES.length] ?? ['/', ''];
      socket.send(`POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}Content-Length: ${BODY.length}\r\n\r\n`, BODY);
      // A proxy would send another user's request next.
      socket.send(`GET /v2/nobody/next-${i}/tags/list HTTP/1.1\r\nHost: x\r\n\r\n`);
      await socket.waitFor(new RegExp(`repository:nobody/next-${i}:pull`));
    }
    return socket;
  };
  const warm = await sendEach(REQUESTS - CONNECTIONS);
  warm.close();
  const before = await countDescriptors();
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => sendEach(i)));
  for (const socket of sockets) socket.close();
  // The pool keeps a few database connections open for a while.
  await expect.poll(countDescriptors, { timeout: 30_000 }).toBeLessThan(before + 50);
});
