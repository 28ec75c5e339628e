import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { migrate } from './migrate.ts';

const ROOT = join(import.meta.dirname, '../..');
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

async function createDatabase(): Promise<string> {
  const url = new URL(inject('templateUrl'));
  const name = `migrate_${process.hrtime.bigint()}`;
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

describe('migrations', () => {
  test('are what schema.prisma says', async () => {
    const diff = ['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema.prisma'];
    // Exit code 2 stands for a difference, 1 for an error.
    expect((await prisma([...diff, '--exit-code'], inject('templateUrl'))).code).toBe(0);
  });

  test('a schema that is ahead of them is noticed', async () => {
    const diff = ['migrate', 'diff', '--from-empty', '--to-schema', 'prisma/schema.prisma', '--exit-code'];
    expect((await prisma(diff, inject('templateUrl'))).code).toBe(2);
  });

  test("apply without Prisma, and Prisma's own books agree", async () => {
    const url = await createDatabase();
    const applied = await migrate(url);
    expect(applied.length).toBeGreaterThan(0);
    expect(await migrate(url)).toEqual([]);
    expect((await prisma(['migrate', 'status'], url)).output).toContain('up to date');
  });

  test('what Prisma has applied, nobody applies again', async () => {
    const url = await createDatabase();
    expect((await prisma(['migrate', 'deploy'], url)).output).toContain(
      'All migrations have been successfully applied',
    );
    expect(await migrate(url)).toEqual([]);
  });

  test('two processes at once: each migration is applied once', async () => {
    const url = await createDatabase();
    const results = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(results.filter((names) => names.length > 0)).toHaveLength(1);
  });

  test.each([
    ['nothing listens', 'postgresql://u:topsecret@127.0.0.1:9/x', /nothing listens there/],
    ['the password is wrong', null, /password is wrong/],
  ])('%s: one sentence, without the password', async (_name, given, expected) => {
    const wrong = new URL(inject('templateUrl'));
    wrong.password = 'topsecret';
    const error = await migrate(given ?? wrong.href).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(expected) as string });
    expect((error as Error).message).not.toContain('topsecret');
  });
});
