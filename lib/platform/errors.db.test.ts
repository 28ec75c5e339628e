import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { openDatabase } from '#lib/platform/pg/db.ts';
import { AppError, toAppError } from './errors.ts';

test('keeps AppErrors and hides the message of unknown errors', () => {
  const own = new AppError('conflict', 'Twice.');
  expect(toAppError(own)).toBe(own);
  const unknown = toAppError(new Error('the password is hunter2'));
  expect(unknown).toMatchObject({ code: 'internal', message: expect.not.stringContaining('hunter2') as string });
});

test.each([
  ['prisma', 'TCP'],
  ['prisma', 'a socket'],
  ['pg', 'TCP'],
  ['pg', 'a socket'],
])('maps an unreachable database to unavailable with a retry time: %s over %s', async (by, way) => {
  const url = new URL(inject('templateUrl'));
  url.port = '9';
  url.search = way === 'TCP' ? '' : '?host=/nowhere';
  const { db, pool, close } = openDatabase(url.href, { onError: () => undefined });
  const error: unknown = await (by === 'prisma' ? db.user.count() : pool.query('SELECT 1')).catch(
    (thrown: unknown) => thrown,
  );
  expect(toAppError(error)).toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
  await close();
});

test('maps a terminated connection to unavailable', async () => {
  const client = new pg.Client({ connectionString: inject('templateUrl') });
  client.on('error', () => undefined);
  await client.connect();
  const error: unknown = await client
    .query('SELECT pg_terminate_backend(pg_backend_pid())')
    .catch((thrown: unknown) => thrown);
  expect(toAppError(error)).toMatchObject({ code: 'unavailable' });
});

test('maps a terminated connection of Prisma to unavailable', async () => {
  const { db, close } = openDatabase(inject('templateUrl'), { onError: () => undefined });
  const error: unknown = await db.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`.catch(
    (thrown: unknown) => thrown,
  );
  expect((error as Error).message).toContain('Code: `57P01`');
  expect(toAppError(error)).toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
  await close();
});
