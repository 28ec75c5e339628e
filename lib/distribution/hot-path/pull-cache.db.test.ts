import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { insertPulls } from '#lib/events/pull-log.sql.ts';
import { addPulls, markPulled } from '#lib/repositories/pull-counter.sql.ts';
import { addTraffic } from '#lib/repositories/usage/traffic-meter.sql.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { createPullCache } from './pull-cache.ts';

describe('a cached value', () => {
  let isCurrent = true;
  const cache = () => createPullCache(() => isCurrent);
  const of = { repositoryId: 1n, key: 'tag latest' };
  beforeEach(() => (isCurrent = true));

  test('is loaded once', async () => {
    const pulls = cache();
    const load = vi.fn(() => Promise.resolve({ digest: 'a' }));
    expect(await pulls.content(of, load)).toEqual({ digest: 'a' });
    expect(await pulls.content(of, load)).toEqual({ digest: 'a' });
    expect(load).toHaveBeenCalledTimes(1);
  });

  test.each(['1', '*', null])('is invalidated by the change %s', async (change) => {
    const pulls = cache();
    await pulls.content(of, () => Promise.resolve({ digest: 'a' }));
    pulls.forget(change);
    expect(await pulls.content(of, () => Promise.resolve({ digest: 'b' }))).toEqual({ digest: 'b' });
  });

  test('survives changes to other repositories', async () => {
    const pulls = cache();
    await pulls.content(of, () => Promise.resolve({ digest: 'a' }));
    pulls.forget('2');
    expect(await pulls.content(of, () => Promise.reject(new Error('asked again')))).toEqual({ digest: 'a' });
  });

  test('is not used while changes may have been missed', async () => {
    const pulls = cache();
    await pulls.content(of, () => Promise.resolve({ digest: 'a' }));
    isCurrent = false;
    expect(await pulls.content(of, () => Promise.resolve({ digest: 'b' }))).toEqual({ digest: 'b' });
  });

  test('is never one that a concurrent change made stale', async () => {
    const pulls = cache();
    const read = Promise.withResolvers<{ digest: string }>();
    const first = pulls.content(of, () => read.promise);
    pulls.forget('1');
    read.resolve({ digest: 'old' });
    expect(await first).toEqual({ digest: 'old' });
    expect(await pulls.content(of, () => Promise.resolve({ digest: 'new' }))).toEqual({ digest: 'new' });
  });

  test('is never an absence or a failed load', async () => {
    const pulls = cache();
    const found = { id: 1n } as FoundRepository;
    expect(await pulls.repository('acme/nginx', () => Promise.resolve(null))).toBeNull();
    expect(await pulls.repository('acme/nginx', () => Promise.resolve(found))).toBe(found);
    await expect(pulls.content(of, () => Promise.reject(new Error('none')))).rejects.toThrow('none');
    expect(await pulls.content(of, () => Promise.resolve({ digest: 'a' }))).toEqual({ digest: 'a' });
  });

  test('is evicted when the cache is full', async () => {
    const pulls = cache();
    const size = () => 200 * 1024;
    for (let n = 0; n < 1_000; n += 1) {
      await pulls.content({ repositoryId: BigInt(n), key: 'tag latest' }, () => Promise.resolve({ n }), size);
    }
    expect(
      await pulls.content({ repositoryId: 0n, key: 'tag latest' }, () => Promise.resolve({ n: -1 }), size),
    ).toEqual({ n: -1 });
    expect(
      await pulls.content({ repositoryId: 999n, key: 'tag latest' }, () => Promise.resolve({ n: -1 }), size),
    ).toEqual({ n: 999 });
  });
});

describe('pulls of a warm image', () => {
  let site: TestApp;
  let user: TestUser;
  let client: DistributionClient;
  let name: string;
  const image = (text: string) =>
    buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', JSON.stringify({ text })),
      layers: [blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(100))],
    });
  let old: BuiltManifest;

  beforeEach(async () => {
    site = await createTestApp();
    user = await site.createUser();
    client = createDistributionClient(site.url, user.token);
    name = `${user.alias}/warm`;
    old = image('old');
    await client.push(name, old, ['latest']);
    await warmUp();
  });
  afterEach(() => site.close());

  const get = (path: string) => fetch(`${site.url}/v2/${name}/${path}`);
  const digestOf = async (path: string) => (await get(path)).headers.get('docker-content-digest');
  const layerOf = (manifest: BuiltManifest) => `blobs/${manifest.blobs[1]?.digest}`;

  /** In milliseconds. A listener that lost its connection needs a moment to reconnect. */
  const WARM_UP = { timeout: 10_000, interval: 100 };

  /** Pulls until no pull queries the database. */
  async function warmUp(): Promise<void> {
    await vi.waitFor(async () => {
      for (const path of ['manifests/latest', `manifests/${old.digest}`, layerOf(old)]) await get(path);
      const query = vi.spyOn(site.app.pool, 'query');
      try {
        for (const path of ['manifests/latest', `manifests/${old.digest}`, layerOf(old)]) {
          expect((await get(path)).status).toBe(200);
        }
        expect(query).not.toHaveBeenCalled();
      } finally {
        query.mockRestore();
      }
    }, WARM_UP);
  }

  test('stay warm while pulls and traffic are counted', async () => {
    const { pool, pullCache } = site.app;
    const known = () => pullCache.findRepository(name);
    const found = await vi.waitUntil(known, WARM_UP);
    const [repositoryId, registryKey] = [String(found.id), String(found.registryKey)];
    const day = '2026-11-24';
    for (const count of [
      () => addPulls(pool, [{ repositoryId, day, tag: '', count: 1 }]),
      () => markPulled(pool, [{ repositoryId, digest: old.digest, userId: null, at: new Date() }]),
      () => insertPulls(pool, []),
      () => addTraffic(pool, [{ repositoryId, registryKey, day, network: 'internet', sentBytes: 1, receivedBytes: 1 }]),
    ]) {
      await vi.waitUntil(known, WARM_UP);
      await count();
      expect(known()).not.toBeNull();
    }
  });

  test('see a moved tag at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const next = image(`round ${round}`);
      await client.push(name, next, ['latest']);
      expect(await digestOf('manifests/latest')).toBe(next.digest);
      expect(await digestOf('manifests/latest')).toBe(next.digest);
    }
  });

  test('do not find a deleted manifest by digest or tag', async () => {
    await client.request('DELETE', `/v2/${name}/manifests/${old.digest}`);
    expect([(await get('manifests/latest')).status, (await get(`manifests/${old.digest}`)).status]).toEqual([404, 404]);
  });

  test('do not find an unlinked blob', async () => {
    await client.request('DELETE', `/v2/${name}/manifests/${old.digest}`);
    await client.request('DELETE', `/v2/${name}/${layerOf(old)}`);
    expect((await get(layerOf(old))).status).toBe(404);
  });

  test('fail once the repository is private or quarantined', async () => {
    const { db } = site.app;
    await db.repository.updateMany({ data: { visibility: 'private' } });
    expect([(await get('manifests/latest')).status, (await get(layerOf(old))).status]).toEqual([401, 401]);
    await db.repository.updateMany({ data: { visibility: 'public', quarantineReason: 'malware' } });
    expect((await get('manifests/latest')).status).toBe(403);
  });

  test('fail once the alias is suspended', async () => {
    await site.app.db.alias.updateMany({ where: { name: user.alias }, data: { status: 'suspended' } });
    expect((await get('manifests/latest')).status).not.toBe(200);
  });

  test('soon see changes by another process', async () => {
    const other = new pg.Client({ connectionString: site.app.config.databaseUrl });
    await other.connect();
    try {
      await other.query("UPDATE repositories SET visibility = 'private'");
    } finally {
      await other.end();
    }
    await vi.waitFor(async () => expect((await get('manifests/latest')).status).toBe(401), { timeout: 5_000 });
  });

  test('see changes made while notifications were interrupted, and are warm again afterwards', async () => {
    const { pool, db } = site.app;
    await pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vitrine changes' AND datname = current_database()",
    );
    const next = image('next');
    await client.push(name, next, ['latest']);
    expect(await digestOf('manifests/latest')).toBe(next.digest);
    await db.tag.deleteMany();
    expect((await get('manifests/latest')).status).toBe(404);
    await client.push(name, old, ['latest']);
    await warmUp();
  });
});
