import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/platform/log.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createAttemptLog, type Attempt } from './attempt-log.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

/** Each test uses its own action, so that it can find its rows. */
const attempt = (changes: Partial<Omit<Attempt, 'action'>> & { action?: string }): Attempt => {
  const shared = { target: '', userId: null, address: '192.0.2.1', userAgent: 'curl' };
  return { action: 'test.fail', ...shared, ...changes } as Attempt;
};
const read = (action: string) => site.app.db.auditEvent.findMany({ where: { action }, orderBy: { id: 'asc' } });
const total = (rows: { count: number }[]) => rows.reduce((sum, { count }) => sum + count, 0);
const open = () => createAttemptLog({ pool: site.app.pool, log: createLog('silent', false) });

test('aggregates equal attempts into one row across flushes', async () => {
  const log = open();
  for (let i = 0; i < 3; i += 1) {
    log.note(attempt({ action: 'equal.fail', reason: 'forbidden' }));
    log.note(attempt({ action: 'equal.fail', reason: 'forbidden' }));
    await log.flush();
  }
  await log.close();
  const [row, ...others] = await read('equal.fail');
  expect(others).toEqual([]);
  expect(row).toMatchObject({ count: 6, after: { reason: 'forbidden' }, actorLabel: 'anonymous', userAgent: 'curl' });
  expect(row?.lastAt?.getTime()).toBeGreaterThanOrEqual(row?.at.getTime() ?? Infinity);
});

test('limits the rows per client but keeps counting', async () => {
  const log = open();
  for (let i = 0; i < 2_000; i += 1) {
    log.note(
      attempt({ action: 'names.fail', target: `user-${i}@example.org`, address: `2001:db8::${i.toString(16)}` }),
    );
  }
  await log.close();
  const rows = await read('names.fail');
  expect(rows).toHaveLength(101);
  expect(total(rows)).toBe(2_000);
  expect(rows.at(-1)).toMatchObject({ target: '', address: '2001:db8:0:0::/64', userAgent: null, count: 1_900 });
});

test('limits the rows of a distributed flood', async () => {
  const log = open();
  for (let i = 0; i < 12_000; i += 1) log.note(attempt({ action: 'flood.fail', address: `10.${i >> 8}.${i & 255}.1` }));
  await log.close();
  const rows = await read('flood.fail');
  expect(rows).toHaveLength(5_001);
  expect(total(rows)).toBe(12_000);
});

test('retries once the database is back', async () => {
  let isDown = true;
  const query = (statement: string, values: unknown[]) => {
    if (isDown) return Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' }));
    return site.app.pool.query(statement, values);
  };
  // A stub, because a real database can't go down and come back at a known moment.
  const log = createAttemptLog({ pool: { query } as unknown as pg.Pool, log: createLog('silent', false) });
  for (let i = 0; i < 3; i += 1) log.note(attempt({ action: 'away.fail' }));
  await log.flush();
  isDown = false;
  log.note(attempt({ action: 'away.fail' }));
  await log.close();
  expect(await read('away.fail')).toMatchObject([{ count: 4 }]);
});

test('stores hostile text as one line of visible characters', async () => {
  const log = open();
  log.note(attempt({ action: 'text.fail', target: `a\0\uD800\nb${'x'.repeat(9_999)}`, userAgent: '\u202Ex' }));
  await log.close();
  const [row] = await read('text.fail');
  expect(row?.target).toMatch(/^a \uFFFD bx+$/);
  expect(row?.target.length).toBeLessThanOrEqual(500);
  expect(row?.userAgent).toBe('x');
});
