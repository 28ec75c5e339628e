import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { migrateJobs } from '#lib/platform/jobs/run-worker.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { openDatabase } from '#lib/platform/pg/db.ts';
import { grantToRole } from './grant-to-role.ts';
import { createLog } from '#lib/platform/log.ts';
import { migrate, requireMigrated } from './migrate.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const PRISMA = join(ROOT, 'node_modules/prisma/build/index.js');

async function prisma(args: string[], databaseUrl: string): Promise<{ code: number; output: string }> {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  return promisify(execFile)(process.execPath, [PRISMA, ...args], { cwd: ROOT, env }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

function withTemplate(parts: { pathname?: string; search?: string }): string {
  const url = new URL(inject('templateUrl'));
  return Object.assign(url, { search: '', ...parts }).href;
}

async function createDatabase(options = ''): Promise<string> {
  const url = new URL(inject('templateUrl'));
  const name = `migrate_${process.hrtime.bigint()}`;
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`CREATE DATABASE ${name} ${options}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

describe('migrations', () => {
  test('match schema.prisma', async () => {
    const diff = ['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema.prisma'];
    // Exit code 2 means a difference, 1 an error.
    expect((await prisma([...diff, '--exit-code'], inject('templateUrl'))).code).toBe(0);
  });

  test('that lag behind the schema are detected', async () => {
    const diff = ['migrate', 'diff', '--from-empty', '--to-schema', 'prisma/schema.prisma', '--exit-code'];
    expect((await prisma(diff, inject('templateUrl'))).code).toBe(2);
  });

  test('applied without Prisma are recognised by Prisma', async () => {
    const url = await createDatabase();
    const applied = await migrate(url);
    expect(applied.length).toBeGreaterThan(0);
    expect(await migrate(url)).toEqual([]);
    expect((await prisma(['migrate', 'status'], url)).output).toContain('up to date');
  });

  test('applied by Prisma are not applied again', async () => {
    const url = await createDatabase();
    expect((await prisma(['migrate', 'deploy'], url)).output).toContain(
      'All migrations have been successfully applied',
    );
    expect(await migrate(url)).toEqual([]);
  });

  test('are applied once by concurrent processes', async () => {
    const url = await createDatabase();
    const results = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    const all = results.flat();
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBe((await migrate(await createDatabase())).length);
  });

  test.each([
    ['nothing listens', 'postgresql://u:topsecret@127.0.0.1:9/x', /nothing listens there/],
    ['the host is unknown', 'postgresql://u:topsecret@nowhere.invalid/x', /host does not exist|can't be resolved/],
    ['the password is wrong', null, /password is wrong/],
    ['the database does not exist', withTemplate({ pathname: '/nowhere' }), /the database does not exist/],
    ['it does not support TLS', withTemplate({ search: '?sslmode=require' }), /does not support TLS\. Remove sslmode/],
    ['a certificate is missing', withTemplate({ search: '?sslrootcert=/no/ca.pem' }), /names the file \/no\/ca\.pem/],
  ])('report %s without the password', async (_name, given, expected) => {
    const wrong = new URL(inject('templateUrl'));
    wrong.password = 'topsecret';
    const error = await migrate(given ?? wrong.href).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(expected) as string });
    expect((error as Error).message).not.toContain('topsecret');
  });
});

describe('a failed migration explains that', () => {
  test('another process holds the lock', async () => {
    const url = await createDatabase();
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await other.query('SELECT pg_advisory_lock(72707369)');
    await expect(migrate(url, { lockSeconds: 1 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/has been migrating this database for 1 seconds/) as string,
    });
    await other.end();
    expect((await migrate(url)).length).toBeGreaterThan(0);
  });

  test('the database’s encoding is not UTF-8', async () => {
    const url = await createDatabase(`ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`);
    await expect(migrate(url)).rejects.toThrow(/encoding is SQL_ASCII, but Vitrine requires UTF-8/);
  });

  test('the user lacks privileges, unless the database is already migrated', async () => {
    const url = await createDatabase();
    const asRole = await createRole(url);
    await expect(migrate(asRole)).rejects.toThrow(
      /isn't allowed to migrate this database\. Run .* or GRANT CREATE ON DATABASE/,
    );
    await expect(requireMigrated(asRole)).rejects.toThrow(/lacks \d+ of this version's migrations/);
    await migrate(url);
    const { pool, close } = openDatabase(url, { onError: () => undefined });
    await migrateJobs(pool, createLog('silent', false));
    await grantToRole(pool, new URL(asRole).username);
    await close();
    expect(await migrate(asRole)).toEqual([]);
    await requireMigrated(asRole);
  });
});

describe('a table locked by a backup', () => {
  test('delays a migration without blocking readers', async () => {
    const url = await createDatabase();
    await migrateUntil(url, '20261128100000');
    const [backup, reader] = [await connect(url), await connect(url)];
    await backup.query('BEGIN; LOCK TABLE uploads IN ACCESS SHARE MODE');
    const migrated = migrate(url);
    const isWaiting = `SELECT FROM pg_locks WHERE NOT granted AND relation = 'uploads'::regclass`;
    await expect.poll(async () => (await backup.query(isWaiting)).rowCount).toBe(1);
    await reader.query('SET statement_timeout = 15000');
    expect((await reader.query('SELECT count(*) FROM uploads')).rows).toEqual([{ count: '0' }]);
    await backup.query('COMMIT');
    expect((await migrated)[0]).toMatch(/^20261128100000_/);
  });

  test('fails a migration if it is locked too long', async () => {
    const url = await createDatabase();
    await migrateUntil(url, '20261128100000');
    const backup = await connect(url);
    await backup.query('BEGIN; LOCK TABLE uploads IN ACCESS SHARE MODE');
    await expect(migrate(url, { lockSeconds: 1 })).rejects.toThrow(/other sessions use a table that it changes/);
  });
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Simulates the state left by an earlier version. */
async function migrateUntil(url: string, end: string): Promise<void> {
  const client = await connect(url);
  await client.query(
    `CREATE TABLE _prisma_migrations (id text PRIMARY KEY, checksum text, finished_at timestamptz, migration_name text,
      logs text, rolled_back_at timestamptz, started_at timestamptz DEFAULT now(), applied_steps_count integer)`,
  );
  const folder = join(ROOT, 'prisma/migrations');
  for (const name of readdirSync(folder).sort()) {
    if (!/^\d/.test(name) || name >= end) continue;
    const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
    await client.query(sql);
    const checksum = createHash('sha256').update(sql).digest('hex');
    const book =
      'INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name) VALUES ($2, $1, now(), $2)';
    await client.query(book, [checksum, name]);
  }
}

describe('an unreachable database', () => {
  test('is awaited, with an immediate warning', async () => {
    const target = new URL(inject('templateUrl'));
    const port = await findFreePort();
    const url = new URL(target.href);
    url.search = '';
    url.port = String(port);
    const reasons: string[] = [];
    const migrated = migrate(url.href, { waitSeconds: 30, onWait: (reason) => reasons.push(reason) });
    await expect.poll(() => reasons.length).toBe(1);
    expect(reasons[0]).toMatch(/nothing listens there.*Waiting up to 30 seconds/);
    const proxy = createServer((socket) =>
      socket.pipe(createConnection(Number(target.port), '127.0.0.1')).pipe(socket),
    );
    proxy.listen(port, '127.0.0.1');
    onTestFinished(() => void proxy.close());
    expect(await migrated).toEqual([]);
  });

  test('is not awaited if its URL is invalid', async () => {
    const wrong = new URL(inject('templateUrl'));
    wrong.password = 'topsecret';
    await expect(migrate(wrong.href, { waitSeconds: 600 })).rejects.toThrow(/password is wrong/);
  });
});

/** The same database, for a role that owns nothing in it. */
async function createRole(url: string): Promise<string> {
  const name = `site_${process.hrtime.bigint()}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`).finally(() => client.end());
  const asRole = new URL(url);
  asRole.username = name;
  asRole.password = 'secret';
  return asRole.href;
}
