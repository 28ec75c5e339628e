import { once } from 'node:events';
import { createServer } from 'node:http';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { nameRoute, RequestMetrics } from '#lib/platform/metrics/request-metrics.ts';
import type { Log } from '#lib/platform/log.ts';
import { createAccessLog } from './access-log.ts';
import { stampRequest } from './requests.ts';

async function serve(share: number, random?: () => number) {
  const lines: Record<string, unknown>[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
    done();
  };
  const log = pino({ level: 'error' }, new Writable({ write })) as unknown as Log;
  const requests = new RequestMetrics();
  requests.onFinish = createAccessLog(log, share, random);
  const server = createServer((req, res) => {
    stampRequest(req, { proxyCount: 0 });
    requests.begin(res, 'api');
    nameRoute(res, req.url?.startsWith('/api/following') ? '/api/following/[file]' : '/thing/{name}');
    res.writeHead(req.url?.includes('broken') ? 500 : 200).end('hello');
    requests.watch(res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const get = async (path: string, headers = {}) => {
    await (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).text();
    // The response is complete for the client before it is for the server.
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { get, lines };
}

test('logs requests below the log level of the rest', async () => {
  const { get, lines } = await serve(1);
  await get('/thing/one', { 'user-agent': 'test/1.0' });
  expect(lines).toMatchObject([
    {
      level: 30,
      type: 'access',
      edge: 'api',
      method: 'GET',
      route: '/thing/{name}',
      path: '/thing/one',
      status: 200,
      address: '127.0.0.1',
      userAgent: 'test/1.0',
    },
  ]);
  expect(lines[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(lines[0]?.durationMs).toBeGreaterThan(0);
  expect(lines[0]?.sentBytes).toBeGreaterThan(5);
});

test('logs no tokens, queries or secret links, and shortens what clients write', async () => {
  const { get, lines } = await serve(1);
  await get('/thing/a?token=hunter2&signature=hunter3', { authorization: 'Bearer hunter4', cookie: 'session=hunter5' });
  await get('/api/following/hunter6.xml', { 'user-agent': 'x'.repeat(5_000) });
  await get(`/thing/${'y'.repeat(5_000)}`);
  expect(lines.length).toBe(3);
  expect(JSON.stringify(lines)).not.toContain('hunter');
  expect(JSON.stringify(lines).length).toBeLessThan(3_000);
});

test('samples, but logs every failure', async () => {
  const numbers = [0.05, 0.5, 0.95];
  const { get, lines } = await serve(0.1, () => numbers.shift() ?? 1);
  for (const path of ['/thing/1', '/thing/2', '/thing/3', '/broken']) await get(path);
  expect(lines.map(({ path }) => path)).toEqual(['/thing/1', '/broken']);
});

test('is off by default', async () => {
  const { get, lines } = await serve(0);
  await get('/broken');
  expect(lines).toEqual([]);
});
