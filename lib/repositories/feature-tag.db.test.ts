import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { featureTag } from './feature-tag.ts';
import { findRepository } from './find-repository.ts';
import { getFeaturedTag } from '#lib/gallery/tag-queries.ts';

let site: TestApp;
let owner: TestUser;
let client: DistributionClient;
let fullName: string;
let repositoryId: bigint;

beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser();
  client = createDistributionClient(site.url, owner.token);
  fullName = `${owner.alias}/app`;
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-03-04T05:06:07Z',
    layers: [],
  });
  await client.push(fullName, image, ['1.0', '2.0', 'latest']);
  repositoryId = (await findRepository(site.app, fullName))?.id ?? 0n;
});
afterAll(() => site.close());

const shown = async () => (await getFeaturedTag(site.app, { repositoryId }))?.tag;
const feature = (tag: string | null, user = owner) => featureTag(site.app, { caller: user.caller, fullName, tag });

describe('the featured tag', () => {
  test('is the latest one, the chosen one, or the latest again once that is deleted', async () => {
    expect(await shown()).toBe('latest');
    const before = await findRepository(site.app, fullName);
    await feature('1.0');
    expect(await shown()).toBe('1.0');
    expect((await findRepository(site.app, fullName))?.version).toBe((before?.version ?? 0) + 1);
    await feature('1.0');
    const rows = await site.app.db.auditEvent.findMany({ where: { action: 'repository.feature-tag' } });
    expect(rows).toMatchObject([{ target: fullName, before: { featuredTag: null }, after: { featuredTag: '1.0' } }]);
    await client.request('DELETE', `/v2/${fullName}/manifests/1.0`);
    expect(await shown()).toBe('latest');
    await feature(null);
    expect(await shown()).toBe('latest');
  });

  test.each(['nope', '', 'not a tag', '../x', '\0'])('can not be %j', async (tag) => {
    await expect(feature(tag)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('can only be chosen by members', async () => {
    await expect(feature('2.0', await site.createUser())).rejects.toMatchObject({ code: 'forbidden' });
  });
});
