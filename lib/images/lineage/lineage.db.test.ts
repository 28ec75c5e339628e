// Lineage over real pushes: bases, moved tags, dependents, and what hidden repositories reveal.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage, buildIndex, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { handleRestRequest } from '#lib/api/rest/handle-rest-request.ts';
import { findLineage } from './find-lineage.ts';
import { recordLineage } from './record-lineage.ts';

const PLATFORM = { os: 'linux', architecture: 'amd64' };

let site: TestApp;
let owner: TestUser;
let base: BuiltManifest;
let newer: BuiltManifest;
let derived: BuiltManifest;

function imageOf(...layers: string[]): Promise<BuiltManifest> {
  const files = layers.map((content) => [{ path: content, content }]);
  return buildImage({ platform: PLATFORM, created: '2026-03-04T05:06:07Z', layers: files });
}

async function push(name: string, manifest: BuiltManifest, tags: string[]): Promise<void> {
  await createDistributionClient(site.url, owner.token).push(`${owner.alias}/${name}`, manifest, tags);
}

async function lineageOf(name: string, { digest }: BuiltManifest) {
  const repository = await findRepository(site.app, `${owner.alias}/${name}`);
  return findLineage(site.app, { repositoryId: repository?.id ?? 0n, digest, limit: 10 });
}

beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser();
  [base, newer, derived] = await Promise.all([imageOf('a', 'b'), imageOf('a', 'c'), imageOf('a', 'b', 'app')]);
  await push('base', buildIndex([{ platform: PLATFORM, image: base }]), ['1.4', '1.4.0']);
  await push('app', derived, ['1']);
  await recordLineage(site.app);
});
afterAll(() => site.close());

test('finds the base by its layers, and what is built on it', async () => {
  const lineage = await lineageOf('app', derived);
  expect(lineage?.base).toMatchObject({ name: 'base', tag: '1.4.0', newerTag: null, layerCount: 2 });
  expect(lineage?.dependentCount).toBe(0);
  const ofBase = await lineageOf('base', base);
  expect(ofBase).toMatchObject({ base: null, dependentCount: 1, dependents: [{ name: 'app' }] });
});

test('is served by the REST API, to those who may read the image', async () => {
  const get = async (name: string, digest: string, query = '') => {
    const path = `/repositories/${encodeURIComponent(`${owner.alias}/${name}`)}/manifests/${digest}/lineage${query}`;
    const response = await handleRestRequest(site.app, new Request(`http://localhost/api/v1${path}`));
    return { status: response.status, body: (await response.json()) as unknown };
  };
  expect(await get('app', derived.digest)).toEqual({
    status: 200,
    body: {
      base: { fullName: `${owner.alias}/base`, digest: base.digest, tag: '1.4.0', newerTag: null, layerCount: 2 },
      dependents: [],
      total: 0,
      page: 1,
    },
  });
  const { digest: indexDigest } = buildIndex([{ platform: PLATFORM, image: base }]);
  expect((await get('base', indexDigest)).body).toMatchObject({
    base: null,
    dependents: [{ fullName: `${owner.alias}/app`, pullCount: 0 }],
    total: 1,
  });
  expect((await get('base', base.digest, '?page=2')).body).toMatchObject({ dependents: [], page: 2 });
  const statuses = [
    await get('app', 'latest'),
    await get('app', `sha256:${'0'.repeat(64)}`),
    await get('nothing', base.digest),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([400, 404, 404]);
});

test('a tag of the base that moved on is a newer base', async () => {
  await push('base', newer, ['1.4']);
  await recordLineage(site.app);
  expect((await lineageOf('app', derived))?.base).toMatchObject({ tag: '1.4.0', newerTag: '1.4' });
});

test('a private repository is neither shown as a base nor as built on one', async () => {
  await push('secret', await imageOf('a', 'b', 'app', 'more'), ['1']);
  await recordLineage(site.app);
  expect((await lineageOf('app', derived))?.dependentCount).toBe(1);
  const hide = (name: string) =>
    updateCatalogData(site.app, {
      caller: owner.caller,
      fullName: `${owner.alias}/${name}`,
      catalogData: {},
      visibility: 'private',
    });
  await hide('secret');
  expect((await lineageOf('app', derived))?.dependentCount).toBe(0);
  await hide('base');
  expect((await lineageOf('app', derived))?.base).toBeNull();
});

test('a deleted manifest leaves no rows behind', async () => {
  const count = () => site.app.db.imageAncestor.count();
  const before = await count();
  await site.app.db.manifest.deleteMany({ where: { digest: derived.digest } });
  expect(await count()).toBe(before - 2);
});
