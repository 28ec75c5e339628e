// Comparisons over real pushes: platforms, access, files, and what the REST API says.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANONYMOUS_CALLER } from '#lib/access/schema.ts';
import { handleRestRequest } from '#lib/api/rest/handle-rest-request.ts';
import { findPreviousVersion } from '#lib/gallery/repository/find-previous-version.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage, buildIndex, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { compareImageFiles } from './compare-image-files.ts';
import { compareImages, type CompareInput } from './compare-images.ts';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };
const BASE = [{ path: 'etc/base', content: 'base' }];

let site: TestApp;
let owner: TestUser;
let name: string;
let first: BuiltManifest;
let second: BuiltManifest;
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser();
  name = `${owner.alias}/tools`;
  const created = '2026-03-04T05:06:07Z';
  first = await buildImage({
    platform: AMD64,
    created,
    layers: [BASE, [{ path: 'app', content: 'one' }]],
    config: { Env: ['A=1'], User: 'root', Labels: { '\u202eevil': '<b>' } },
  });
  second = await buildImage({
    platform: AMD64,
    created,
    layers: [
      BASE,
      [
        { path: 'app', content: 'twotwo' },
        { path: 'new', content: '' },
      ],
    ],
    config: { Env: ['A=2'], User: 'root' },
  });
  const arm = await buildImage({ platform: ARM64, created, layers: [BASE] });
  const client = createDistributionClient(site.url, owner.token);
  await client.push(name, first, ['1.0']);
  await client.push(
    name,
    buildIndex([
      { platform: ARM64, image: arm },
      { platform: AMD64, image: second },
    ]),
    ['1.1'],
  );
  await client.push(name, arm, ['arm']);
  await client.push(`${owner.alias}/hidden`, first, ['1']);
  await updateCatalogData(site.app, {
    caller: owner.caller,
    fullName: `${owner.alias}/hidden`,
    catalogData: {},
    visibility: 'private',
  });
});
afterAll(() => site.close());

const compare = (from: string, to: string, more: Partial<CompareInput> = {}) =>
  compareImages(site.app, { caller: ANONYMOUS_CALLER, fullName: name, from, to, ...more });

test('compares a platform of an index with an image', async () => {
  const { platform, platforms, differences } = await compare('1.0', '1.1');
  expect(platform).toBe('linux/amd64');
  expect(platforms).toEqual([
    { name: 'linux/amd64', isInBoth: true },
    { name: 'linux/arm64', isInBoth: false },
  ]);
  expect(differences?.layers.map(({ side }) => side)).toEqual(['both', 'from', 'to']);
  expect(differences?.environment).toEqual([{ name: 'A', from: '1', to: '2' }]);
  expect(differences?.labels).toEqual([{ name: '\u202eevil', from: '<b>', to: null }]);
  expect(differences?.settings).toEqual([]);
  expect(differences?.steps.map(({ side, item }) => [side, item.instruction])).toEqual([
    ['both', 'COPY etc/base /'],
    ['from', 'COPY app /'],
    ['to', 'COPY app new /'],
  ]);
  expect(differences?.to.digest).toBe(second.digest);
});

test('compares nothing if only one image has the platform', async () => {
  expect(await compare('1.0', '1.1', { platform: 'linux/arm64' })).toMatchObject({
    platform: 'linux/arm64',
    differences: null,
  });
  expect((await compare('1.0', 'arm')).differences).toBeNull();
});

test('compares the files of layers that differ', async () => {
  const input = { caller: ANONYMOUS_CALLER, fullName: name, from: '1.0', viewer: 'a visitor' };
  const files = await compareImageFiles(site.app, { ...input, to: '1.1' });
  expect(files).toEqual({
    layerCount: 2,
    isPartial: false,
    counts: { added: 1, changed: 1, removed: 0 },
    changes: [
      { path: 'app', change: 'changed', fromBytes: 3, toBytes: 6, details: ['size'] },
      { path: 'new', change: 'added', fromBytes: null, toBytes: 0, details: [] },
    ],
  });
  expect((await compareImageFiles(site.app, { ...input, to: 'arm' })).problem).toBeDefined();
  const hidden = compareImageFiles(site.app, { ...input, to: `${owner.alias}/hidden:1` });
  await expect(hidden).rejects.toMatchObject({ code: 'repository_not_found' });
});

test('a repository that the caller may not see counts as missing', async () => {
  const hidden = `${owner.alias}/hidden:1`;
  await expect(compare('1.0', hidden)).rejects.toMatchObject({ code: 'repository_not_found' });
  await expect(compare('1.0', `nobody/at-all:1`)).rejects.toMatchObject({ code: 'repository_not_found' });
  const own = await compare('1.0', hidden, { caller: owner.caller });
  expect(own.to.fullName).toBe(`${owner.alias}/hidden`);
  await expect(compare('1.0', '9')).rejects.toMatchObject({ code: 'manifest_not_found' });
  await expect(compare('1.0', 'not a tag')).rejects.toMatchObject({ code: 'invalid_input' });
});

async function call(path: string, token?: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const url = `${site.url}/api/v1/repositories/${encodeURIComponent(name)}/${path}`;
  const response = await handleRestRequest(site.app, new Request(url, { headers }));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('the API compares images and files, and a token reaches only its repositories', async () => {
  const { status, body } = await call('compare?from=1.0&to=1.1');
  expect(status).toBe(200);
  expect(body).toMatchObject({ platform: 'linux/amd64', differences: { environment: [{ name: 'A' }] } });
  expect((await call('compare/files?from=1.0&to=1.1')).body).toMatchObject({ added: 1, changed: 1, removed: 0 });
  expect((await call('compare?from=1.0&to=9')).status).toBe(404);
  expect((await call('compare?from=1.0')).status).toBe(400);
  expect((await call('compare?from=1.0&to=%00')).status).toBe(400);
  const other = encodeURIComponent(`${owner.alias}/hidden:1`);
  expect((await call(`compare?from=1.0&to=${other}`)).status).toBe(404);
  const narrow = await site.createUser({ scopes: ['api:read', `repository:${name}:pull`] });
  expect((await call(`compare?from=1.0&to=${other}`, narrow.token)).status).toBe(404);
});

test('finds the version before a tag that is written alike and is another image', async () => {
  const client = createDistributionClient(site.url, owner.token);
  const fullName = `${owner.alias}/versions`;
  await client.push(fullName, first, ['1.9.0', '1.9.0-slim', 'v1.8.0', 'latest', 'old']);
  await client.push(fullName, second, ['1.10.0', '1.10', '1.10.0-slim']);
  const repositoryId = (await findRepository(site.app, fullName))?.id ?? 0n;
  const before = (tag: string) => findPreviousVersion(site.app, { repositoryId, tag });
  expect(await before('1.10.0')).toBe('1.9.0');
  expect(await before('1.10.0-slim')).toBe('1.9.0-slim');
  expect(await before('1.10')).toBeNull();
  expect(await before('1.9.0')).toBeNull();
  expect(await before('latest')).toBeNull();
});
