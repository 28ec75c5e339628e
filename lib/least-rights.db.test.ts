// A site whose database user has no DDL privileges, because another user runs the migrations.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { grantToRole } from '#lib/platform/pg/migrations/grant-to-role.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { cloneDatabase, createTestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';

test('starts with MIGRATE=0, accepts a push and runs its job', async () => {
  const ownerUrl = await cloneDatabase(inject('templateUrl'));
  const role = `site_${process.hrtime.bigint()}`;
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 1 });
  await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  await grantToRole(owner, role);
  await owner.end();
  const url = Object.assign(new URL(ownerUrl), { username: role, password: 'secret' });

  const site = await createTestApp({ DATABASE_URL: url.href, MIGRATE: '0' });
  onTestFinished(site.close);
  const { app } = site;
  await expect(app.pool.query('CREATE TABLE of_mine (id int)')).rejects.toThrow(/permission denied/);
  await site.startWorker();
  const { alias, token } = await site.createUser();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: new Date().toISOString(),
    layers: [[{ path: 'id', content: randomUUID() }]],
  });
  await createDistributionClient(site.url, token).push(`${alias}/app`, image, ['v1']);
  await expect
    .poll(() => app.db.searchRepository.count({ where: { name: 'app' } }), { timeout: 15_000, interval: 50 })
    .toBe(1);
  const { rows } = await app.pool.query('SELECT FROM graphile_worker.jobs WHERE last_error IS NOT NULL');
  expect(rows).toEqual([]);
});

const run = promisify(execFile);

/** Runs the migrate command without access to the site's store. */
async function migrateElsewhere(databaseUrl: string, ...args: string[]) {
  const dataDir = await mkdtemp(join(tmpdir(), 'vitrine-elsewhere-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const env = { ...process.env, DATABASE_URL: databaseUrl, DATA_DIR: dataDir };
  const command = join(import.meta.dirname, '../scripts/vitrine.ts');
  const { stdout } = await run(process.execPath, [command, 'migrate', ...args], { env });
  return { stdout, files: await readdir(dataDir) };
}

test('migrating needs no access to the blobs and claims no store for the site', async () => {
  const databaseUrl = await cloneDatabase(inject('templateUrl'));
  expect(await migrateElsewhere(databaseUrl)).toMatchObject({ stdout: 'Database is up to date.\n', files: [] });
  const site = await createTestApp({ DATABASE_URL: databaseUrl });
  onTestFinished(site.close);
  const { alias, token } = await site.createUser();
  await createRawClient(site.url, basic(token)).pushBlob(`${alias}/app`, 'blob');
  expect((await migrateElsewhere(databaseUrl)).files).toEqual([]);
});

test('grantToRole rejects an unknown role', async () => {
  const pool = new pg.Pool({ connectionString: inject('templateUrl'), max: 1 });
  onTestFinished(() => pool.end());
  await expect(grantToRole(pool, 'nobody_here')).rejects.toMatchObject({ code: 'invalid_input' });
});
