import { afterAll, beforeAll, expect, test } from 'vitest';
import { blobOf, buildIndex, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { getTag } from '../tag-queries.ts';
import { loadStatedFacts } from './load-stated-facts.ts';

let site: TestApp;
let user: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  user = await site.createUser();
});
afterAll(() => site.close());

const key = (name: string) => `org.opencontainers.image.${name}`;

function imageOf(labels: Record<string, string>, annotations: Record<string, string> = {}): BuiltManifest {
  const document = { os: 'linux', architecture: 'amd64', config: { Labels: labels } };
  const config = blobOf('application/vnd.oci.image.config.v1+json', JSON.stringify(document));
  return buildManifest({ config, layers: [], annotations });
}

async function pushAndLoad(name: string, image: BuiltManifest) {
  const fullName = `${user.alias}/${name}`;
  await createDistributionClient(site.url, user.token).push(fullName, image, ['1.0']);
  const repositoryId = (await findRepository(site.app, fullName))?.id ?? 0n;
  const shown = await getTag(site.app, { repositoryId, tag: '1.0' });
  if (!shown) throw new Error('not pushed');
  return loadStatedFacts(site.app, { repositoryId, image: shown });
}

test('merges annotations of an index, of its image, and labels', async () => {
  const labels = { [key('licenses')]: 'MIT', [key('vendor')]: 'Label', [key('version')]: '1' };
  const image = imageOf(labels, { [key('vendor')]: 'Image', [key('version')]: '2' });
  const platform = { os: 'linux', architecture: 'amd64' };
  const index = buildIndex([{ platform, image }], { [key('version')]: '3' });
  expect(await pushAndLoad('index', index)).toMatchObject({ licences: 'MIT', vendor: 'Image', version: '3' });
});

test('bounds hostile annotations and labels', async () => {
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`k${i}`, 'x'.repeat(100)]));
  const long = 'x'.repeat(300_000);
  const facts = await pushAndLoad('hostile', imageOf({ ...many, [key('vendor')]: long }, { [key('authors')]: long }));
  expect(facts.vendor).toHaveLength(201);
  expect(facts.authors).toHaveLength(201);
});

test('asks the database once for an image', async () => {
  const facts = await pushAndLoad('cached', imageOf({ [key('licenses')]: 'MIT' }));
  const broken = { ...site.app, db: null as never };
  const repositoryId = (await findRepository(site.app, `${user.alias}/cached`))?.id ?? 0n;
  const digest = imageOf({ [key('licenses')]: 'MIT' }).digest;
  const image = { digest, isIndex: false, platforms: [] };
  expect(await loadStatedFacts(broken, { repositoryId, image })).toBe(facts);
});
