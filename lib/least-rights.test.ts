// A site whose database user may create nothing: another one has migrated.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { grantToRole } from './platform/grant-to-role.ts';
import { buildImage } from './testing/build-image.ts';
import { cloneDatabase, createTestApp } from './testing/create-test-app.ts';
import { createRegistryClient } from './testing/registry-client.ts';

test('starts with MIGRATE=0, takes a push, and works off its job', async () => {
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
    ...{ platform: { os: 'linux', architecture: 'amd64' }, created: new Date().toISOString() },
    layers: [[{ path: 'id', content: randomUUID() }]],
  });
  await createRegistryClient(site.url, token).push(`${alias}/app`, image, ['v1']);
  await expect
    .poll(() => app.db.searchRepository.count({ where: { name: 'app' } }), { timeout: 15_000, interval: 50 })
    .toBe(1);
  const { rows } = await app.pool.query('SELECT FROM graphile_worker.jobs WHERE last_error IS NOT NULL');
  expect(rows).toEqual([]);
});

test('a role that does not exist is refused', async () => {
  const pool = new pg.Pool({ connectionString: inject('templateUrl'), max: 1 });
  onTestFinished(() => pool.end());
  await expect(grantToRole(pool, 'nobody_here')).rejects.toMatchObject({ code: 'invalid_input' });
});
