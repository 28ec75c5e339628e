import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLog } from '#lib/platform/log.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createPullLog, type Pull, type PullLog } from './pull-log.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

let lastRegistryId = 1_000n;

/** Opens a pull log for a new registry and reads what it wrote. */
function openLog(keepDays = 90) {
  const registryKey = (lastRegistryId += 1n);
  const pulls = createPullLog({ pool: site.app.pool, log: createLog('silent', false), keepDays });
  const pull = (changes: Partial<Pull> = {}): Pull => ({
    registryKey,
    fullName: 'acme/app',
    name: 'app',
    tag: 'v1',
    digest: 'sha256:aa',
    userId: null,
    credential: null,
    accessTokenId: null,
    accessKeyId: null,
    address: '192.0.2.1',
    userAgent: 'docker/29',
    ...changes,
  });
  const read = async (log: PullLog) => {
    await log.close();
    return site.app.db.auditPull.findMany({ where: { registryKey }, orderBy: { id: 'asc' } });
  };
  return { pulls, pull, read };
}

const total = (rows: { count: number }[]) => rows.reduce((sum, { count }) => sum + count, 0);

describe('the pull log', () => {
  test('aggregates equal pulls of a flush into one row', async () => {
    const { pulls, pull, read } = openLog();
    for (let i = 0; i < 5; i += 1) pulls.record(pull());
    pulls.record(pull({ tag: null }));
    pulls.record(pull({ address: '::ffff:192.0.2.1', userAgent: 'crane' }));
    const rows = await read(pulls);
    expect(rows.map(({ tag, count, address, userAgent }) => [tag, count, address, userAgent])).toEqual([
      ['v1', 5, '192.0.2.1', 'docker/29'],
      [null, 1, '192.0.2.1', 'docker/29'],
      ['v1', 1, '192.0.2.1', 'crane'],
    ]);
    expect(rows[0]).toMatchObject({
      actorLabel: 'anonymous',
      isMember: false,
      fullName: 'acme/app',
      digest: 'sha256:aa',
    });
  });

  test('stores user agents as one truncated line of visible characters', async () => {
    const { pulls, pull, read } = openLog();
    pulls.record(pull({ userAgent: `a\0b\u202E\uD800${'x'.repeat(5_000)}` }));
    const [row] = await read(pulls);
    expect(row?.userAgent).toMatch(/^a b \uFFFDx{100,200}$/);
  });

  test('limits the rows of a client that varies its user agent and address', async () => {
    const { pulls, pull, read } = openLog();
    for (let i = 0; i < 5_000; i += 1) {
      pulls.record(pull({ address: `2001:db8::${i.toString(16)}`, userAgent: `agent ${i}` }));
    }
    pulls.record(pull({ userAgent: 'somebody else' }));
    const rows = await read(pulls);
    expect(rows.length).toBeLessThan(60);
    expect(total(rows)).toBe(5_001);
    expect(rows.some(({ address, userAgent }) => address === '2001:db8:0:0::/64' && userAgent === null)).toBe(true);
    expect(rows.some(({ userAgent }) => userAgent === 'somebody else')).toBe(true);
  });

  test('bounds memory without losing pulls while the database is down', async () => {
    const registryKey = (lastRegistryId += 1n);
    let isDown = true;
    const written: { count: number }[] = [];
    const query = (statement: { values: [string] }) => {
      if (isDown) return Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' }));
      written.push(...(JSON.parse(statement.values[0]) as { count: number }[]));
      return Promise.resolve({ rows: [] });
    };
    // A stub, because a real database can't go down and come back at a known moment.
    const pool = { query } as unknown as typeof site.app.pool;
    const pulls = createPullLog({ pool, log: createLog('silent', false), keepDays: 90 });
    const { pull } = openLog();
    for (let i = 0; i < 30_000; i += 1) {
      pulls.record(pull({ registryKey, address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` }));
      if (i === 15_000) await pulls.flush();
    }
    await pulls.flush();
    isDown = false;
    await pulls.close();
    expect(written.length).toBeLessThanOrEqual(20_001);
    expect(total(written)).toBe(30_000);
  });

  test('records nothing when retention is 0 days', async () => {
    const { pulls, pull, read } = openLog(0);
    pulls.record(pull());
    expect(await read(pulls)).toEqual([]);
  });
});

test('flushes by itself, so that rows survive SIGKILL', async () => {
  const registryKey = (lastRegistryId += 1n);
  const script = join(import.meta.dirname, '../testing/servers/pulling-process.ts');
  const child = spawn(process.execPath, [script, site.app.config.databaseUrl ?? '', String(registryKey)]);
  const count = () => site.app.db.auditPull.count({ where: { registryKey } });
  try {
    await vi.waitFor(async () => expect(await count()).toBeGreaterThan(1), { timeout: 30_000, interval: 100 });
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const rows = await site.app.db.auditPull.findMany({ where: { registryKey } });
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.every((row) => row.count > 0)).toBe(true);
});
