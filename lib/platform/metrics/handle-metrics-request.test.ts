import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createRawClient } from '#lib/testing/servers/raw-http.ts';
import { handleMetricsRequest } from './handle-metrics-request.ts';

async function serve(token: string | undefined) {
  const render = () => Promise.resolve('things_total 3\n');
  const server = createServer((req, res) => {
    void handleMetricsRequest(req, res, { render, token }).then((isAnswered) => {
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

test('without a token, only local clients without a proxy have access', async () => {
  const get = await serve(undefined);
  const got = await get();
  expect(got.status).toBe(200);
  expect(got.body.toString()).toContain('things_total 3');
  expect((await get({ 'x-forwarded-for': '127.0.0.1' })).status).toBe(403);
  expect((await get({ forwarded: 'for=127.0.0.1' })).status).toBe(403);
  expect((await get({}, '/metrics2')).status).toBe(404);
});

test.each([
  ...['Forwarded', 'Via', 'X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'X-Forwarded-Port'],
  ...['X-Forwarded-Server', 'X-Real-IP', 'X-Client-IP', 'X-Cluster-Client-IP', 'True-Client-IP', 'CF-Connecting-IP'],
  ...['CF-Ray', 'CF-Visitor', 'CDN-Loop', 'Fastly-Client-IP', 'Fly-Client-IP', 'X-Envoy-External-Address'],
  ...['X-Amzn-Trace-Id', 'X-Amz-Cf-Id', 'X-Original-Forwarded-For', 'X-Varnish', 'X-Remote-Addr', 'X-Azure-ClientIP'],
])('without a token, rejects a request with the proxy header %s', async (name) => {
  const get = await serve(undefined);
  expect((await get({ [name]: '' })).status).toBe(403);
});

test('with a token, rejects requests without it', async () => {
  const get = await serve('a secret of some length');
  expect((await get()).status).toBe(401);
  expect((await get({ authorization: 'Bearer wrong' })).status).toBe(401);
  expect((await get({ authorization: 'Bearer a secret of some length' })).status).toBe(401);
});

test('accepts the token, also through a proxy', async () => {
  const get = await serve('a-secret-of-some-length');
  expect((await get({ authorization: 'bearer a-secret-of-some-length', 'x-forwarded-for': '192.0.2.1' })).status).toBe(
    200,
  );
});
