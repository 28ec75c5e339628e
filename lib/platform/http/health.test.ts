import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { AppError } from '#lib/platform/errors.ts';
import { createHealthProbe, type HealthCheck, type ProcessState } from './health.ts';

async function serve(checks: HealthCheck[], state: ProcessState = { isStarted: true, isDraining: false }) {
  const probe = createHealthProbe(checks);
  const server = createServer((req, res) => void probe(req, res, state)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, await response.text()];
  };
}

const fine = { name: 'fine', check: () => Promise.resolve() };
const full = { name: 'pushes', check: () => Promise.reject(new AppError('unavailable', 'The disk is full.')) };

test('names failed and hanging checks with their reasons', async () => {
  const secret = { name: 'secret', check: () => Promise.reject(new Error('the password is hunter2')) };
  const hangs = { name: 'hangs', check: () => new Promise(() => undefined) };
  const get = await serve([fine, full, secret, hangs]);
  expect(await get('/readyz')).toEqual([
    ...[
      503,
      'not ready: pushes, secret, hangs\npushes: The disk is full.\n'.concat(
        'secret: failed, see the log\nhangs: no answer within 2 seconds\n',
      ),
    ],
  ]);
  expect(await get('/livez')).toEqual([200, 'ok\n']);
});

test('stays ready on a warning', async () => {
  const get = await serve([fine, { ...full, isWarning: true }]);
  expect(await get('/readyz')).toEqual([200, 'ok\nwarning: pushes: The disk is full.\n']);
});

test('is live but not ready while draining', async () => {
  const get = await serve([fine], { isStarted: true, isDraining: true });
  expect(await get('/readyz')).toEqual([503, 'not ready: draining\n']);
  expect(await get('/livez')).toEqual([200, 'ok\n']);
});

test('runs each check once for concurrent probes', async () => {
  let runs = 0;
  const slow = {
    name: 'slow',
    check: async () => {
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
    },
  };
  const get = await serve([slow]);
  await Promise.all(Array.from({ length: 10 }, () => get('/readyz')));
  expect(runs).toBe(1);
});

test('/startupz fails until startup is complete, and no longer then', async () => {
  const state = { isStarted: false, isDraining: false };
  const get = await serve([full], state);
  expect(await get('/startupz')).toEqual([503, 'starting\n']);
  expect(await get('/livez')).toEqual([200, 'ok\n']);
  state.isStarted = true;
  expect(await get('/startupz')).toEqual([200, 'ok\n']);
  state.isDraining = true;
  expect(await get('/startupz')).toEqual([200, 'ok\n']);
});
