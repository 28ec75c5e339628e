import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MetricsPage } from './metrics-page.ts';
import { countAnswered, nameRoute, REQUEST_METRICS, RequestMetrics, type FinishedRequest } from './request-metrics.ts';

let requests: RequestMetrics;
let handle: (req: IncomingMessage, res: ServerResponse) => void;
let port: number;
let close: () => void;
let finished: FinishedRequest[];

beforeEach(async () => {
  requests = new RequestMetrics();
  finished = [];
  requests.onFinish = (one) => finished.push(one);
  handle = (_req, res) => res.end('hello');
  const server = createServer((req, res) => {
    requests.begin(res, 'registry');
    handle(req, res);
    requests.watch(res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as { port: number }).port;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => close());

const get = async (path: string, method = 'GET', body = '') =>
  (await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body && { body }) })).text();
const read = () => new MetricsPage([REQUEST_METRICS], { requests }).render();

test('counts by route, method and status, with durations and bytes', async () => {
  handle = (req, res) => {
    nameRoute(res, '/v2/{name}');
    req.resume().on('end', () => res.writeHead(req.method === 'PUT' ? 201 : 200).end('x'.repeat(10_000)));
  };
  await get('/v2/one');
  await get('/v2/two');
  await get('/v2/two', 'PUT', 'y'.repeat(5_000));
  await expect.poll(() => finished.length).toBe(3);
  const text = await read();
  expect(text).toContain('http_requests_total{edge="registry",route="/v2/{name}",method="GET",code="200"} 2\n');
  expect(text).toContain('http_requests_total{edge="registry",route="/v2/{name}",method="PUT",code="201"} 1\n');
  const labels = 'edge="registry",route="/v2/{name}",method="GET",code="200"';
  expect(text).toContain(`http_request_duration_seconds_bucket{${labels},le="+Inf"} 2\n`);
  expect(text).toContain(`http_request_duration_seconds_count{${labels}} 2\n`);
  expect(text).toContain('http_requests_in_flight{edge="registry"} 0\n');
  expect(text).not.toMatch(/one|two/);
  const bytes = (name: string) => Number(new RegExp(`^${name}\\{edge="registry"\\} (\\d+)$`, 'm').exec(text)?.[1]);
  expect(bytes('http_sent_bytes_total')).toBeGreaterThanOrEqual(30_000);
  expect(bytes('http_sent_bytes_total')).toBeLessThan(31_000);
  expect(bytes('http_received_bytes_total')).toBeGreaterThanOrEqual(5_000);
  expect(bytes('http_received_bytes_total')).toBeLessThan(7_000);
});

test('counts a client that disconnects as 499, and its request no longer as in flight', async () => {
  handle = (_req, res) => void res.write('the beginning');
  const req = request({ port, host: '127.0.0.1', path: '/' }).end();
  req.on('error', () => undefined);
  await once(req, 'response');
  expect(await read()).toContain('http_requests_in_flight{edge="registry"} 1\n');
  req.destroy();
  await expect.poll(() => finished.map(({ code }) => code)).toEqual([499]);
  expect(await read()).toContain('http_requests_in_flight{edge="registry"} 0\n');
});

test('hostile paths, methods and statuses cause few series', async () => {
  handle = (_req, res) => res.writeHead(404).end();
  for (let i = 0; i < 50; i += 1) await get(`/${i}/%22%0aevil{a="b"}`);
  for (const method of ['PROPFIND', 'LOCK', 'MKCOL', 'PURGE']) {
    const socket = connect(port, '127.0.0.1');
    socket.write(`${method} /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await once(socket.resume(), 'close');
  }
  await expect.poll(() => finished.length).toBe(54);
  const lines = (await read()).split('\n').filter((line) => line.startsWith('http_requests_total'));
  expect(lines).toEqual([
    'http_requests_total{edge="registry",route="unmatched",method="GET",code="404"} 50',
    'http_requests_total{edge="registry",route="unmatched",method="other",code="404"} 4',
  ]);
});

test('names a route late if no handler did', async () => {
  requests.findRoute = (req) => (req.url === '/known' ? '/[page]' : null);
  await get('/known');
  await get('/unknown');
  await expect.poll(() => finished.map(({ route }) => route)).toEqual(['/[page]', 'unmatched']);
});

test('keeps the number of series bounded, whatever the routes are called', async () => {
  let count = 0;
  handle = (_req, res) => {
    nameRoute(res, `/route/${(count += 1)}`);
    res.end();
  };
  const small = new RequestMetrics({ maxSeries: 10 });
  requests.begin = small.begin.bind(small);
  requests.watch = small.watch.bind(small);
  for (let i = 0; i < 20; i += 1) await get('/');
  await expect.poll(() => small.series.reduce((sum, { buckets }) => sum + buckets.reduce((a, b) => a + b), 0)).toBe(20);
  expect(small.series.length).toBe(11);
});

test('counts an answer from memory at once, and its bytes when the connection ends', async () => {
  const quiet = new RequestMetrics();
  const server = createServer((_req, res) => {
    quiet.begin(res, 'registry');
    nameRoute(res, '/v2/{name}');
    res.end('x'.repeat(2_000));
    countAnswered(res);
    expect(quiet.totals.registry.inFlight).toBe(0);
    quiet.watch(res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };
  const socket = connect(address.port, '127.0.0.1');
  socket.end('GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await once(socket.resume(), 'close');
  await expect.poll(() => quiet.totals.registry.sentBytes).toBeGreaterThan(4_000);
  expect(quiet.series).toMatchObject([{ route: '/v2/{name}', method: 'GET', code: 200 }]);
  expect(quiet.series[0]?.buckets.reduce((sum, count) => sum + count)).toBe(2);
  server.close();
});
