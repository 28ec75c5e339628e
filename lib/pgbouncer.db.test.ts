// The whole App behind a real PgBouncer in transaction mode.
import pg from 'pg';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { holdWorkerLock } from '#lib/platform/jobs/hold-worker-lock.ts';
import { migrate } from '#lib/platform/pg/migrations/migrate.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { cloneDatabase, createTestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { startPgBouncer, whyNoPgBouncer } from '#lib/testing/servers/start-pgbouncer.ts';

const whyNot = whyNoPgBouncer();
const leftOut = whyNot ? ` (skipped: ${whyNot})` : '';
const SOON = { timeout: 15_000, interval: 50 };

const newImage = () => ({
  platform: { os: 'linux', architecture: 'amd64' },
  created: new Date().toISOString(),
  config: {},
  layers: [[{ path: 'id', content: randomUUID().repeat(1_000) }]],
});

async function startPooled(options: { isDirect: boolean }, env: Record<string, string> = {}) {
  const directUrl = await cloneDatabase(inject('templateUrl'));
  const pooler = await startPgBouncer(directUrl);
  onTestFinished(pooler.stop);
  const site = await createTestApp({
    DATABASE_URL: pooler.url,
    DATABASE_DIRECT_URL: options.isDirect ? directUrl : '',
    ...env,
  });
  onTestFinished(site.close);
  return site;
}

describe.skipIf(whyNot !== null)('through PgBouncer in transaction mode', () => {
  test.each([
    ['with DATABASE_DIRECT_URL', true],
    ['without it', false],
  ])(
    `%s: supports pushes, pulls, jobs and a second start${leftOut}`,
    async (_name, isDirect) => {
      const site = await startPooled({ isDirect });
      const { app } = site;
      expect(app.direct.hasSessions).toBe(isDirect);
      await site.startWorker();
      const { alias, token } = await site.createUser();
      const client = createDistributionClient(site.url, token);
      const images = await Promise.all(Array.from({ length: 8 }, () => buildImage(newImage())));
      await Promise.all(images.map((image, i) => client.push(`${alias}/app${i % 2}`, image, [`v${i}`])));
      for (const [i, image] of images.entries()) {
        const path = `/v2/${alias}/app${i % 2}/manifests/v${i}`;
        const pulls = await Promise.all(Array.from({ length: 10 }, () => client.request('GET', path)));
        for (const pull of pulls) expect(Buffer.from(await pull.arrayBuffer())).toEqual(image.bytes);
      }
      // Each push enqueues an indexing job.
      await expect.poll(() => app.db.searchRepository.count({ where: { name: { startsWith: 'app' } } }), SOON).toBe(2);
      await expect(migrate(app.config.database.directUrl ?? app.config.databaseUrl ?? '')).resolves.toEqual([]);
    },
    60_000,
  );

  test(`releases the lock of a stopped worker${leftOut}`, async () => {
    const { app } = await startPooled({ isDirect: false });
    const lock = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    const held = holdWorkerLock({ direct: app.direct, log: app.log, workerId: 'one' });
    await held.held;
    expect((await app.pool.query(lock)).rowCount).toBe(1);
    await held.release();
    await expect.poll(async () => (await app.pool.query(lock)).rowCount, SOON).toBe(0);
  });

  test(`releases the lock of a migration${leftOut}`, async () => {
    const url = new URL(await cloneDatabase(inject('templateUrl')));
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    onTestFinished(() => client.end());
    const name = `empty_${randomUUID().replaceAll('-', '')}`;
    await client.query(`CREATE DATABASE ${name}`);
    const pooler = await startPgBouncer(Object.assign(url, { pathname: `/${name}` }).href);
    onTestFinished(pooler.stop);
    expect((await migrate(pooler.url)).length).toBeGreaterThan(0);
    const lock = `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' AND d.datname = $1`;
    expect((await client.query(lock, [name])).rowCount).toBe(0);
  });

  test(`invalidates the cache when another process makes a change${leftOut}`, async () => {
    const { app } = await startPooled({ isDirect: true });
    const of = { repositoryId: 1n, key: 'x' };
    const load = () => Promise.resolve({ is: 'known' });
    // The cache keeps content once the process receives change notifications.
    const isKept = async () => {
      await app.pullCache.content(of, load);
      return app.pullCache.findContent(of) !== null;
    };
    await expect.poll(isKept, SOON).toBe(true);
    const other = new pg.Client({ connectionString: app.config.database.directUrl });
    await other.connect();
    await other.query(`SELECT pg_notify('pull_changes', '1')`).finally(() => other.end());
    await expect.poll(() => app.pullCache.findContent(of), { ...SOON, interval: 1 }).toBe(null);
  });
});
