import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { describeSeenRequest } from '#lib/platform/http/seen-request.ts';
import { stampRequest } from '#lib/platform/http/requests.ts';
import { judgeCertificate, judgeRequest } from './check-address.ts';
import { judgeClock, judgeConnections } from './check-database.ts';
import type { Finding } from './finding.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

type Report = { findings: Finding[]; fail: number; code: number; text: string };

async function doctor(env: Record<string, string>): Promise<Report> {
  const base = { PATH: process.env.PATH ?? '', NODE_ENV: 'production' as const };
  const args = ['scripts/vitrine.ts', 'doctor', '--json'];
  const done = await run(process.execPath, args, { cwd: ROOT, env: { ...base, ...env } }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, stdout: error.stdout }),
  );
  return { ...(JSON.parse(done.stdout) as Report), code: done.code, text: done.stdout };
}

const of = ({ findings }: Report, check: string) => findings.filter((finding) => finding.check === check);

/** Answers /livez like the site, as if behind `hops` proxies. */
async function serveSite(hops: number): Promise<string> {
  const server = createServer((req, res) => {
    if (hops > 0) req.headers['x-forwarded-for'] = Array(hops).fill('192.0.2.1').join(', ');
    stampRequest(req, { proxyCount: 0 });
    const seen = describeSeenRequest(req, site.app.authKeys.doctor);
    res.end(seen ? JSON.stringify(seen) : 'ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const settings = (url: string) => ({
  DATABASE_URL: site.app.config.databaseUrl ?? '',
  DATA_DIR: site.app.config.dataDir,
  PUBLIC_URL: url,
});

describe('vitrine doctor', () => {
  test('finds nothing to fail at a sound site', async () => {
    const report = await doctor(settings(await serveSite(0)));
    expect(report.findings.filter(({ state }) => state === 'fail')).toEqual([]);
    expect(report.code).toBe(0);
    expect(of(report, 'migrations')).toMatchObject([{ state: 'ok' }]);
    expect(of(report, 'clock')).toMatchObject([{ state: 'ok' }]);
    expect(of(report, 'storage')).toMatchObject([{ state: 'ok', message: 'The blobs belong to this database.' }]);
    expect(of(report, 'proxy')).toMatchObject([{ state: 'ok' }]);
    for (const { state, message, next } of report.findings) {
      expect(message).toMatch(/[.!?]$/);
      if (state !== 'ok') expect(next).toMatch(/\.$/);
    }
  });

  test('names a wrong number of proxies, another site’s blobs and an unknown setting', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vitrine-doctor-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'blobs'));
    const other = await createTestApp();
    onTestFinished(() => other.close());
    const url = await serveSite(1);
    const report = await doctor({
      ...settings(url),
      DATA_DIR: other.app.config.dataDir,
      AUTH_SECRET_FILE: join(site.app.config.dataDir, 'secrets/auth'),
      PULLS_PER_HOURS: '3',
    });
    expect(report.code).toBe(2);
    expect(of(report, 'storage')).toMatchObject([{ state: 'fail' }]);
    expect(of(report, 'proxy')[0]).toMatchObject({
      state: 'warn',
      next: expect.stringContaining('PROXIES=1') as string,
    });
    expect(of(report, 'settings')[0]?.message).toContain('Did you mean PULLS_PER_HOUR?');
  });

  test('goes on without a database, and shows no password', async () => {
    const report = await doctor({
      ...settings('http://127.0.0.1:9'),
      DATABASE_URL: 'postgresql://someone:topsecret@127.0.0.1:9/nowhere',
    });
    expect(report.code).toBe(2);
    expect(of(report, 'database')).toMatchObject([{ state: 'fail' }]);
    expect(of(report, 'proxy')).toMatchObject([{ state: 'fail' }]);
    expect(of(report, 'pushes')).toMatchObject([{ state: 'ok' }]);
    expect(report.text).not.toContain('topsecret');
  });

  test('stops at settings that are refused', async () => {
    const report = await doctor({ PORT: 'eighty' });
    expect(report).toMatchObject({ code: 2, findings: [{ check: 'settings', state: 'fail' }] });
  });
});

describe('judgeCertificate', () => {
  const now = Date.parse('2026-11-30T12:00:00Z');
  const day = 86_400_000;
  test.each([
    ['ok', now + 60 * day, null],
    ['warn', now + 3 * day, null],
    ['fail', now - day, null],
    ['fail', now + 60 * day, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])('%s', (state, ends, reason) => {
    expect(judgeCertificate(ends, reason, now).state).toBe(state);
  });
});

test.each([
  [500, 'ok'],
  [-5_000, 'warn'],
  [3_600_000, 'fail'],
])('a clock that is %i ms off: %s', (skew, state) => {
  expect(judgeClock(skew).state).toBe(state);
});

describe('judgeRequest', () => {
  const config = { publicUrl: 'https://images.example.org', proxyCount: 1 };
  const seen = {
    clientAddress: '192.0.2.1',
    host: 'images.example.org',
    forwardedFor: '192.0.2.1',
    forwardedProto: 'https',
    nowMs: 0,
  };
  test.each([
    ['a sound proxy', {}, ['ok']],
    ['no X-Forwarded-For', { forwardedFor: null }, ['fail']],
    ['one proxy more', { forwardedFor: '192.0.2.1, 10.0.0.1' }, ['warn']],
    ['another host', { host: '10.0.0.1:3000' }, ['warn']],
    ['another protocol', { forwardedProto: 'http' }, ['warn']],
  ])('%s', (_what, change, states) => {
    expect(judgeRequest(config, { ...seen, ...change }).map(({ state }) => state)).toEqual(states);
  });
});

test.each([
  [{ connections: 20, maxConnections: 60 }, 52, 'ok'],
  [{ connections: 58, maxConnections: 60 }, 52, 'warn'],
  [{ connections: 5, maxConnections: 100 }, 110, 'warn'],
])('connections %j with %i planned: %s', (facts, planned, state) => {
  expect(judgeConnections(facts, planned).state).toBe(state);
});
