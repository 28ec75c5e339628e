// Background jobs after pushes and pulls.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { rebuildSearch } from '#lib/gallery/rebuild-search.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { buildArtifact, buildChart, buildImage, buildIndex } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';

let site: TestApp;
let user: TestUser;
let client: DistributionClient;
beforeAll(async () => {
  site = await createTestApp();
  await site.startWorker();
  user = await site.createUser();
  client = createDistributionClient(site.url, user.token);
});
afterAll(() => site.close());

const image = (architecture = 'amd64', content = 'x') =>
  buildImage({
    platform: { os: 'linux', architecture },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content }]],
  });

async function find(query: string) {
  const { hits } = await site.app.search.search({ query, filters: {}, sort: 'relevance', offset: 0, limit: 10 });
  return hits.find((hit) => hit.name === query);
}

const within5Seconds = { timeout: 5_000, interval: 50 };

describe('search after a push', () => {
  test('finds the repository with its kind and platforms', async () => {
    const index = buildIndex([
      { platform: { os: 'linux', architecture: 'amd64' }, image: await image('amd64') },
      { platform: { os: 'linux', architecture: 'arm64' }, image: await image('arm64') },
    ]);
    await client.push(`${user.alias}/app-one`, index, ['v1']);
    await vi.waitFor(async () => {
      expect(await find('app-one')).toMatchObject({
        alias: user.alias,
        kind: 'image',
        operatingSystems: ['linux'],
        architectures: ['amd64', 'arm64'],
        platforms: ['linux/amd64', 'linux/arm64'],
      });
    }, within5Seconds);
  });

  test('distinguishes charts and artifacts from images', async () => {
    await client.push(
      `${user.alias}/chart-one`,
      await buildChart({ name: 'c', version: '1.0.0', description: '', files: [] }),
      ['1.0.0'],
    );
    const file = { name: 'rules.json', mediaType: 'application/json', content: '{}' };
    await client.push(
      `${user.alias}/artifact-one`,
      buildArtifact({ artifactType: 'application/vnd.example.rules', file }),
      ['1'],
    );
    await vi.waitFor(async () => {
      expect(await find('chart-one')).toMatchObject({ kind: 'chart' });
      expect(await find('artifact-one')).toMatchObject({ kind: 'artifact' });
    }, within5Seconds);
  });

  test('excludes private and empty repositories', async () => {
    const { caller, alias } = user;
    await createRepository(site.app, { caller, alias, name: 'hidden', visibility: 'private' });
    await client.push(`${alias}/hidden`, await image(), ['v1']);
    await createRepository(site.app, { caller, alias, name: 'empty' });
    const catalogData = {
      description: 'd',
      aboutText: '',
      usageText: '',
      operatingSystems: [],
      architectures: [],
      categories: [],
    };
    await updateCatalogData(site.app, { caller, fullName: `${alias}/empty`, catalogData });
    await client.push(`${alias}/after-them`, await image(), ['v1']);
    await vi.waitFor(async () => expect(await find('after-them')).toBeDefined(), within5Seconds);
    expect(await find('hidden')).toBeUndefined();
    expect(await find('empty')).toBeUndefined();
  });

  test('removes a repository with its last image, and a rebuild agrees', async () => {
    const manifest = await image('amd64', 'to be deleted');
    await client.push(`${user.alias}/short-lived`, manifest, ['v1']);
    await vi.waitFor(async () => expect(await find('short-lived')).toBeDefined(), within5Seconds);
    await client.request('DELETE', `/v2/${user.alias}/short-lived/manifests/${manifest.digest}`);
    await vi.waitFor(async () => expect(await find('short-lived')).toBeUndefined(), within5Seconds);
    const before = await site.app.db.searchRepository.count();
    await site.app.db.searchRepository.deleteMany();
    await rebuildSearch(site.app, () => undefined);
    expect(await site.app.db.searchRepository.count()).toBe(before);
  });
});

describe('pulls', () => {
  test('are counted per day and tag, except HEAD requests', async () => {
    const manifest = await image('amd64', 'counted');
    await client.push(`${user.alias}/counted`, manifest, ['v1']);
    const path = `/v2/${user.alias}/counted/manifests`;
    for (const [method, reference] of [
      ['GET', 'v1'],
      ['GET', 'v1'],
      ['HEAD', 'v1'],
      ['GET', manifest.digest],
    ] as const) {
      await client.request(method, `${path}/${reference}`);
    }
    await site.app.pullCounter.flush();
    const repository = await site.app.db.repository.findFirstOrThrow({
      where: { name: 'counted' },
      include: { pullCounts: true },
    });
    expect(repository.pullCount).toBe(3n);
    expect(repository.pullCounts.map(({ tag, count }) => [tag, count]).sort()).toEqual([
      ['', 1n],
      ['v1', 2n],
    ]);
    await vi.waitFor(async () => expect(await find('counted')).toMatchObject({ pullCount: 3 }), {
      timeout: 15_000,
      interval: 50,
    });
  });
});
