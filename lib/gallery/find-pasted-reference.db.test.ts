import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findPastedReference } from './find-pasted-reference.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { listTagRows } from './tag-list-queries.ts';

let site: TestApp;
let user: TestUser;
let image: BuiltManifest;
beforeAll(async () => {
  site = await createTestApp();
  user = await site.createUser();
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: 'x' }]],
  });
  const client = createDistributionClient(site.url, user.token);
  await createRepository(site.app, { caller: user.caller, alias: user.alias, name: 'hidden', visibility: 'private' });
  for (const name of ['app', 'tools/app', 'hidden'])
    await client.push(`${user.alias}/${name}`, image, ['V1.0-rc', 'v2', '100.2.0_up40.1.2']);
});
afterAll(() => site.close());

const idOf = async (name: string) => (await findRepository(site.app, `${user.alias}/${name}`))?.id ?? 0n;

test('a pasted reference with a tag or digest leads to its page, however it is written', async () => {
  const { alias } = user;
  for (const query of [
    `${alias}/tools/app:V1.0-rc`,
    `gallery.example.org/${alias}/tools/app:V1.0-rc`,
    `localhost:3000/${alias}/tools/app:V1.0-rc`,
    `docker pull localhost:3000/${alias}/tools/app:V1.0-rc`,
    `  podman image pull ${alias}/tools/app:V1.0-rc `,
    `oci://gallery.example.org/${alias}/tools/app:V1.0-rc`,
  ]) {
    const found = await findPastedReference(site.app, query);
    expect(found, query).toEqual([{ alias, name: 'tools/app', item: { tag: 'V1.0-rc' } }]);
  }
  for (const version of ['100.2.0+up40.1.2', '100.2.0_up40.1.2']) {
    expect(await findPastedReference(site.app, `${alias}/app:${version}`), version).toEqual([
      { alias, name: 'app', item: { tag: '100.2.0_up40.1.2' } },
    ]);
    const { tags } = await listTagRows(site.app, {
      repositoryId: await idOf('app'),
      query: version.slice(4),
      sort: 'name',
      direction: 'asc',
      offset: 0,
      limit: 10,
    });
    expect(tags.map(({ tag }) => tag)).toEqual(['100.2.0_up40.1.2']);
  }
  const byDigest = await findPastedReference(site.app, `${alias}/app:whatever@${image.digest}`);
  expect(byDigest).toEqual([{ alias, name: 'app', item: { digest: image.digest } }]);
});

test('a bare digest leads to every public repository that has it', async () => {
  const names = (await findPastedReference(site.app, image.digest)).map(({ name }) => name);
  expect(names.sort()).toEqual(['app', 'tools/app']);
});

test.each([
  ['words', 'web server'],
  ['a name without a tag', 'ALIAS/app'],
  ['an unknown tag', 'ALIAS/app:v3'],
  ['a private repository', 'ALIAS/hidden:v2'],
  ['an unknown digest', `sha256:${'0'.repeat(64)}`],
  ['half a digest', 'sha256:abc'],
  ['an empty query', ''],
  ['a NUL', 'ALIAS/app:v\0'],
])('%s is treated as a search', async (_what, query) => {
  expect(await findPastedReference(site.app, query.replace('ALIAS', user.alias))).toEqual([]);
});
