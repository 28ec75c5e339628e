// The effects of the database settings at startup.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { readConfig } from './config.ts';
import { createLog } from '#lib/platform/log.ts';
import { openSiteDatabase } from './prepare-database.ts';

async function open(databaseUrl: string, env: Record<string, string>, log = createLog('silent', false)) {
  const dataDir = await mkdtemp(join(tmpdir(), 'vitrine-prepare-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const config = readConfig({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...env });
  const database = await openSiteDatabase(config, log);
  onTestFinished(database.close);
  return database;
}

async function createEmptyDatabase(): Promise<string> {
  const url = new URL(inject('templateUrl'));
  const name = `empty_${process.hrtime.bigint()}`;
  const client = new pg.Client({ connectionString: Object.assign(url, { pathname: '/postgres' }).href });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`).finally(() => client.end());
  return Object.assign(url, { pathname: `/${name}` }).href;
}

test('opens at most DATABASE_POOL_SIZE connections', async () => {
  const { pool } = await open(inject('templateUrl'), { DATABASE_POOL_SIZE: '4' });
  await Promise.all(Array.from({ length: 30 }, () => pool.query('SELECT pg_sleep(0.02)')));
  expect(pool.totalCount).toBe(4);
});

test('rejects an outdated database with MIGRATE=0 and leaves it unchanged', async () => {
  const url = await createEmptyDatabase();
  await expect(open(url, { MIGRATE: '0' })).rejects.toThrow(/lacks \d+ of this version's migrations\. Run/);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  const tables = `SELECT FROM pg_tables WHERE schemaname = 'public'`;
  expect((await client.query(tables)).rowCount).toBe(0);
  await open(url, {});
  expect((await client.query(tables)).rowCount).toBeGreaterThan(10);
});

test('waits up to DATABASE_WAIT_SECONDS for an unreachable database and warns', async () => {
  const url = Object.assign(new URL(inject('templateUrl')), { port: '9', search: '' });
  const log = createLog('silent', false);
  const warn = vi.spyOn(log, 'warn');
  await expect(open(url.href, { DATABASE_WAIT_SECONDS: '1' }, log)).rejects.toThrow(/nothing listens there/);
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/Waiting up to 1 seconds/)]]);
});

test('the installed pg has all internals that Vitrine relies on', async () => {
  const log = createLog('silent', false);
  const warn = vi.spyOn(log, 'warn');
  await open(inject('templateUrl'), {}, log);
  expect(warn).not.toHaveBeenCalled();
});
