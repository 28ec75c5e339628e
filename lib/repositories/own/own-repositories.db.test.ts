import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { setTagMutability } from '#lib/repositories/tag-mutability/set-tag-mutability.ts';
import { OWN_REPOSITORY_SORTS, type OwnRepositoryFilter } from '#lib/repositories/schema.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { listOwnRepositories } from './list-own-repositories.ts';

let site: TestApp;
let owner: TestUser;
let registryKey: bigint;
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
/** In the order of their pushes. */
const SIZES = { alpha: 3_000, beta: 90_000, 'team/gamma_1': 20_000 };

beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser();
  registryKey = await ensureRegistry(site.app, { caller: owner.caller });
  const client = createDistributionClient(site.url, owner.token);
  for (const [name, size] of Object.entries(SIZES)) {
    const image = buildManifest({
      config: blobOf(CONFIG, JSON.stringify({ name })),
      layers: [blobOf(LAYER, 'x'.repeat(size))],
    });
    await client.push(`${owner.alias}/${name}`, image, ['1.0', 'latest']);
  }
  const { caller, alias } = owner;
  await createRepository(site.app, { caller, alias, name: 'empty', visibility: 'private' });
  const other = await site.createUser();
  await createRepository(site.app, { caller: other.caller, alias: other.alias, name: 'alpha' });
  await client.request('GET', `/v2/${alias}/alpha/manifests/latest`);
  await site.app.pullCounter.flush();
});
afterAll(() => site.close());

const list = (filter: Partial<OwnRepositoryFilter> = {}, page = { offset: 0, limit: 50 }) =>
  listOwnRepositories(site.app, {
    registryKey,
    query: '',
    visibility: null,
    tagMutability: null,
    sort: 'name',
    ...filter,
    ...page,
  });
const namesOf = async (...input: Parameters<typeof list>) =>
  (await list(...input)).repositories.map(({ name }) => name);

test.each([
  ['name', ['alpha', 'beta', 'empty', 'team/gamma_1']],
  ['pushed', ['team/gamma_1', 'beta', 'alpha', 'empty']],
  ['pulled', ['alpha', 'beta', 'empty', 'team/gamma_1']],
  ['pulls', ['alpha', 'beta', 'empty', 'team/gamma_1']],
  ['size', ['beta', 'team/gamma_1', 'alpha', 'empty']],
] as const)('sorts by %s', async (sort, names) => {
  expect(await namesOf({ sort })).toEqual(names);
});

test('shows tags, size, pushes and pulls', async () => {
  const [alpha, beta, empty] = (await list()).repositories;
  expect(alpha).toMatchObject({ tagCount: 2, pullCount: 1, hasImage: true, visibility: 'public', isMirrored: false });
  expect(alpha?.storedBytes).toBeGreaterThan(SIZES.alpha);
  expect(alpha?.storedBytes).toBeLessThan(SIZES.alpha + 1_000);
  expect(Date.now() - (alpha?.lastPulledAt?.getTime() ?? 0)).toBeLessThan(60_000);
  expect(beta).toMatchObject({ lastPulledAt: null, pullCount: 0, tagMutability: 'mutable' });
  const nothing = { tagCount: 0, storedBytes: 0, hasImage: false, lastPushedAt: null, lastPulledAt: null };
  expect(empty).toMatchObject({ ...nothing, visibility: 'private' });
  expect(alpha?.id).toBe((await findRepository(site.app, `${owner.alias}/alpha`))?.id);
});

test('filters by a part of the name, literally, and by visibility', async () => {
  expect(await list({ query: 'GAMMA_' })).toMatchObject({ total: 1, repositories: [{ name: 'team/gamma_1' }] });
  expect((await list({ query: 'gamma%' })).total).toBe(0);
  expect((await list({ query: 'a_1' })).total).toBe(1);
  expect(await namesOf({ visibility: 'private' })).toEqual(['empty']);
  expect(await namesOf({ visibility: 'public', query: 'be' })).toEqual(['beta']);
});

test('filters by tag mutability', async () => {
  const rule = { tagMutability: 'immutable_with_exclusion', tagExclusions: ['dev-*'] } as const;
  const named = { caller: owner.caller, fullName: `${owner.alias}/beta` };
  await setTagMutability(site.app, { ...named, ...rule, tagExclusions: [...rule.tagExclusions] });
  expect(await namesOf({ tagMutability: 'immutable_with_exclusion' })).toEqual(['beta']);
  expect(await namesOf({ tagMutability: 'immutable' })).toEqual([]);
  expect(await namesOf({ tagMutability: 'mutable', visibility: 'public' })).toEqual(['alpha', 'team/gamma_1']);
  await setTagMutability(site.app, { ...named, tagMutability: 'mutable' });
});

test.each(OWN_REPOSITORY_SORTS)('pages by %s without repeating or losing any', async (sort) => {
  const pages = await Promise.all([0, 1, 2, 3].map((offset) => list({ sort }, { offset, limit: 1 })));
  expect(pages.map(({ total }) => total)).toEqual([4, 4, 4, 4]);
  const paged = pages.flatMap(({ repositories }) => repositories.map(({ name }) => name));
  expect(paged).toEqual(await namesOf({ sort }));
});
