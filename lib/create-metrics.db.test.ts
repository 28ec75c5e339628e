import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#lib/platform/errors.ts';
import { PAGE_METRICS } from '#lib/platform/metrics/metrics-page.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { createCounts } from './counts.ts';
import { createMetrics, METRIC_SECTIONS } from './create-metrics.ts';

const GROUPS = Object.values(METRIC_SECTIONS).flat();
const ROWS = Object.entries(Object.assign({}, ...GROUPS.map(({ rows }) => rows), PAGE_METRICS) as typeof PAGE_METRICS);

describe('names follow the conventions of Prometheus', () => {
  test.each(ROWS)('%s', (name, { kind, help, labels = {} }) => {
    expect(name).toMatch(/^(?:vitrine|http)_[a-z]+(?:_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(name).not.toMatch(/_(?:ms|milliseconds|minutes|kb|mb|percent)(?:_|$)/);
    if (kind === 'histogram') expect(name).toMatch(/_(?:seconds|bytes)$/);
    expect(help).toMatch(/^[A-Z0-9].*[^.]$/);
    for (const label of Object.keys(labels)) {
      expect(label).toMatch(/^[a-z]+$/);
      // Prometheus sets these for each target.
      expect(['job', 'instance', 'le', 'quantile']).not.toContain(label);
    }
  });

  test('each name once', () => {
    const names = GROUPS.flatMap(({ rows }) => Object.keys(rows));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a running site', () => {
  let site: TestApp;
  let ada: TestUser;
  let text: string;
  const value = (sample: string) => {
    const line = text.split('\n').find((one) => one.startsWith(`${sample} `));
    return line === undefined ? null : Number(line.slice(sample.length + 1));
  };

  beforeAll(async () => {
    site = await createTestApp({ PULLS_PER_HOUR: '6', UNLIMITED_NETWORKS: '10.0.0.0/8' });
    ada = await site.createUser();
    const image = buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', '{}'),
      layers: [blobOf('application/vnd.oci.image.layer.v1.tar', 'x'.repeat(5_000))],
    });
    await createDistributionClient(site.url, ada.token).push(`${ada.alias}/secret-project`, image, ['v1']);
    await site.app.db.repository.updateMany({ data: { visibility: 'public' } });
    const anybody = createRawClient(site.url);
    const path = `/v2/${ada.alias}/secret-project/manifests/v1`;
    const send = (method: string, url: string, client = anybody) => client.send(method, url);
    for (let i = 0; i < 7; i += 1) await send('GET', path);
    await send('GET', path, createRawClient(site.url, basic(ada.token)));
    await send('GET', `/v2/${ada.alias}/secret-project/blobs/${image.blobs[0]?.digest ?? ''}`);
    await send('GET', `/v2/not-here/hidden-name/manifests/v1?token=hunter2`);
    await send('GET', '/v2/%E2%9C%93/../../etc');
    text = await createMetrics(site.app).render();
  });
  afterAll(() => site.close());

  test('counts requests by route', () => {
    const manifests = 'edge="registry",route="/v2/{name}/manifests/{reference}"';
    expect(value(`http_requests_total{${manifests},method="GET",code="200"}`)).toBe(7);
    expect(value(`http_requests_total{${manifests},method="GET",code="429"}`)).toBe(1);
    expect(value(`http_requests_total{${manifests},method="PUT",code="201"}`)).toBe(1);
    const blobs = 'edge="registry",route="/v2/{name}/blobs/{digest}"';
    expect(value(`http_request_duration_seconds_count{${blobs},method="GET",code="200"}`)).toBe(1);
  });

  test('counts pulls, pushes, blobs, limits and errors', () => {
    expect(value('vitrine_pulls_total{by="anonymous"}')).toBe(6);
    expect(value('vitrine_pulls_total{by="user"}')).toBe(1);
    expect(value('vitrine_pushes_total')).toBe(1);
    expect(value('vitrine_stored_blobs_total')).toBe(2);
    expect(value('vitrine_stored_bytes_total')).toBe(5_002);
    expect(value('vitrine_uploads_in_flight')).toBe(0);
    expect(value('vitrine_limits_hit_total{limit="pulls"}')).toBe(1);
    expect(value('vitrine_errors_total{edge="registry",code="rate_limited"}')).toBe(1);
  });

  test('reports the database, its pool, the caches and the disk', () => {
    expect(value('vitrine_database_up')).toBe(1);
    expect(value('vitrine_database_pool_acquisitions_total')).toBeGreaterThan(10);
    expect(value('vitrine_database_pool_max_connections')).toBe(12);
    expect(value('vitrine_cache_lookups_total{cache="content",result="hit"}')).toBeGreaterThan(0);
    expect(value('vitrine_cache_lookups_total{cache="content",result="miss"}')).toBeGreaterThan(0);
    expect(value('vitrine_disk_free_bytes')).toBeGreaterThan(0);
    expect(value('vitrine_storage_writable')).toBe(1);
    expect(value('vitrine_scrape_missing_groups')).toBe(0);
  });

  test('names no repository, user, tag or query', () => {
    for (const private_ of ['secret-project', 'hidden-name', ada.alias, ada.email, ada.token, 'hunter2', 'v1"', 'etc"'])
      expect(text).not.toContain(private_);
  });

  test('gives every label of a closed list one of its values', () => {
    for (const [name, { labels = {} }] of ROWS) {
      for (const line of text.split('\n').filter((one) => one.startsWith(`${name}{`))) {
        for (const [label, values] of Object.entries(labels)) {
          const shown = new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1];
          if (typeof values !== 'string') expect([...values, 'other', '499']).toContain(shown);
        }
      }
    }
  });
});

test('while the database is down, answers and leaves out what it can’t read', async () => {
  const site = await createTestApp();
  const down = () => Promise.reject(new AppError('unavailable', 'The database is unavailable.'));
  const dead = new Proxy({}, { get: () => new Proxy(down, { get: () => down }) });
  const pool = Object.assign(Object.create(site.app.pool) as typeof site.app.pool, { query: down, connect: down });
  const text = await createMetrics({ ...site.app, db: dead as typeof site.app.db, pool }).render();
  expect(text).toMatch(/^vitrine_database_up 0$/m);
  expect(text).toMatch(/^vitrine_storage_writable 1$/m);
  expect(text).not.toMatch(/^vitrine_jobs_due/m);
  expect(Number(/^vitrine_scrape_missing_groups (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(1);
  await site.close();
});

test('counts the runs of jobs by their outcome', async () => {
  const { jobs } = createCounts();
  await jobs.run('gather', false, () => Promise.resolve());
  const fail = () => Promise.reject(new Error('broke'));
  await expect(jobs.run('gather', false, fail)).rejects.toThrow('broke');
  await expect(jobs.run('gather', true, fail)).rejects.toThrow('broke');
  expect(jobs.byJob.get('gather')).toMatchObject({ done: 1, retried: 1, failed: 1, running: 0 });
});
