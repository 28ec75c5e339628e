import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import { openMeilisearch } from '#lib/search/meilisearch/meilisearch-server.ts';
import { createMetrics } from '#lib/create-metrics.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { RecentResults } from '#lib/platform/concurrency/recent-results.ts';
import { readPublicStatus, type PublicStatus } from './read-public-status.ts';
import { readSiteHealth } from './read-site-health.ts';
import { readSiteOverview } from './read-site-overview.ts';

let site: TestApp;
let admin: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
});
afterAll(() => site.close());

describe('health', () => {
  test('reports versions, sizes, free space and a write probe that cleans up after itself', async () => {
    const health = await readSiteHealth(site.app, admin);
    expect(health.versions.node).toBe(process.versions.node);
    expect(health.versions.vitrine).toMatch(/^\d+\.\d+\.\d+/);
    expect(health.versions.postgres).toMatch(/^\d+/);
    expect(health.database.sizeBytes).toBeGreaterThan(1_000_000);
    expect(health.disk?.freeBytes).toBeGreaterThan(0);
    expect(health.disk?.totalBytes).toBeGreaterThan(health.disk?.freeBytes ?? Infinity);
    expect(health.search).toEqual({ engine: 'postgres', problem: null, documentCount: 0 });
    expect(health.blobStore).toEqual({ problem: null, blobCount: 0, sizeBytes: 0, damagedCount: 0 });
    for await (const { id } of site.app.intake.listStale(new Date(Date.now() + 60_000)))
      throw new Error(`${id} was left behind`);
  });

  test('reports why blobs cannot be written', async () => {
    const broken = await createTestApp();
    const caller = (await broken.createUser({ role: 'admin' })).caller;
    const uploads = join(broken.app.config.dataDir, 'uploads');
    await rm(uploads, { recursive: true });
    const { blobStore, disk } = await readSiteHealth(broken.app, { caller });
    expect(blobStore.problem).toMatch(/\w/);
    expect(disk).toBeNull();
    expect(await createMetrics(broken.app).render()).toMatch(/^vitrine_storage_writable 0$/m);
    expect(blobStore.problem).not.toContain(uploads);
    await broken.close();
  });

  test('reports an unavailable search engine', async () => {
    const meilisearch = openMeilisearch({ url: 'http://127.0.0.1:9', key: undefined });
    const { search } = await readSiteHealth({ ...site.app, meilisearch }, admin);
    expect(search).toMatchObject({ engine: 'meilisearch', documentCount: 0 });
    expect(search.problem).toMatch(/\w/);
  });

  test('counts pending jobs, and lists failed ones without their payload', async () => {
    const { db, pool } = site.app;
    await enqueueJob(db, 'no-such-job', { secret: 'inside' }, { key: 'a' });
    await enqueueJob(db, 'no-such-job', { secret: 'inside' }, { key: 'b' });
    const error = `broke ${'x'.repeat(2_000)}`;
    const settled = `SELECT graphile_worker.permanently_fail_jobs(array[(SELECT id FROM graphile_worker.jobs WHERE key = 'b')], $1)`;
    await pool.query(settled, [error]);
    const { jobs } = await readSiteHealth(site.app, admin);
    expect(jobs).toMatchObject({ running: 0, failed: 1 });
    expect(jobs.waiting).toBeGreaterThanOrEqual(1);
    expect(jobs.failures).toMatchObject([{ job: 'no-such-job', nextTryAt: null, error: error.slice(0, 500) }]);
    expect(JSON.stringify(jobs)).not.toContain('inside');
    expect(await readSiteOverview(site.app, admin)).toMatchObject({ failedJobs: 1, users: 1, registries: 1 });
  });
});

test.each(['user', 'reviewer'] as const)('health and overview are forbidden to a %s', async (role) => {
  const { caller } = await site.createUser({ role });
  await expect(readSiteHealth(site.app, { caller })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(readSiteOverview(site.app, { caller })).rejects.toMatchObject({ code: 'forbidden' });
});

describe('the public status', () => {
  const fresh = () => ({ ...site.app, publicStatus: new RecentResults<PublicStatus>({ max: 1 }) });

  test('says that everything works', async () => {
    const { services } = await readPublicStatus(fresh());
    expect(services).toEqual({ pulls: 'working', pushes: 'working', search: 'working', background: 'working' });
  });

  test('says which part is limited, and not why', async () => {
    const meilisearch = openMeilisearch({ url: 'http://127.0.0.1:9', key: undefined });
    await site.app.pool.query(
      "SELECT graphile_worker.add_job('reap-uploads', run_at => now() - interval '1 hour', job_key => 'late')",
    );
    const { services } = await readPublicStatus({ ...fresh(), meilisearch });
    expect(services).toEqual({ pulls: 'working', pushes: 'working', search: 'limited', background: 'limited' });
    await site.app.pool.query("SELECT graphile_worker.remove_job('late')");
  });

  test('is checked once for many visitors', async () => {
    const app = fresh();
    const [one, other] = await Promise.all([readPublicStatus(app), readPublicStatus(app)]);
    expect(one).toBe(other);
  });
});
