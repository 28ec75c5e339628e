import { createServer } from 'node:http';
import { once } from 'node:events';
import { Counter, Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { createRawClient } from '#lib/testing/raw-http.ts';
import { handleMetricsRequest } from './metrics.ts';

async function serve(token: string | undefined) {
  const metrics = new Registry();
  new Counter({ name: 'things_total', help: 'Things', registers: [metrics] }).inc(3);
  const server = createServer((req, res) => {
    void handleMetricsRequest(req, res, { metrics, token }).then((isAnswered) => {
      if (!isAnswered) res.writeHead(404).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const client = createRawClient(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  return (headers = {}, path = '/metrics') => client.send('GET', path, { headers });
}

test('without a token, programs on this machine read it, and nobody behind a proxy', async () => {
  const get = await serve(undefined);
  const got = await get();
  expect(got.status).toBe(200);
  expect(got.body.toString()).toContain('things_total 3');
  expect((await get({ 'x-forwarded-for': '127.0.0.1' })).status).toBe(403);
  expect((await get({ forwarded: 'for=127.0.0.1' })).status).toBe(403);
  expect((await get({}, '/metrics2')).status).toBe(404);
});

test('with a token, whoever has it', async () => {
  const get = await serve('a secret of some length');
  expect((await get()).status).toBe(401);
  expect((await get({ authorization: 'Bearer wrong' })).status).toBe(401);
  expect((await get({ authorization: 'Bearer a secret of some length' })).status).toBe(401);
});

test('a token goes by a header', async () => {
  const get = await serve('a-secret-of-some-length');
  expect((await get({ authorization: 'bearer a-secret-of-some-length', 'x-forwarded-for': '192.0.2.1' })).status).toBe(
    200,
  );
});
