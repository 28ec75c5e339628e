import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { addManyTags } from '#lib/testing/images/add-many-tags.ts';
import { buildImage, buildIndex, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { listStoredImages } from './list-stored-images.ts';

const AMD = { os: 'linux', architecture: 'amd64' };
let site: TestApp;
let ada: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser();
});
afterAll(() => site.close());

async function publish(name: string, pushes: [BuiltManifest, string[]][]): Promise<bigint> {
  const fullName = `${ada.alias}/${name}`;
  const client = createDistributionClient(site.url, ada.token);
  for (const [image, tags] of pushes) await client.push(fullName, image, tags);
  return (await findRepository(site.app, fullName))?.id ?? 0n;
}
const build = (content: string) =>
  buildImage({ platform: AMD, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content }]] });

test('lists untagged images or all, and says which an index lists', async () => {
  const [tagged, child, loose] = await Promise.all(['tagged', 'child', 'loose'].map(build));
  if (!tagged || !child || !loose) throw new Error('An image is missing.');
  const index = buildIndex([{ platform: AMD, image: child }]);
  const pushes: [BuiltManifest, string[]][] = [
    [loose, []],
    [index, ['multi']],
    [tagged, ['1.0', 'latest']],
  ];
  const repositoryId = await publish('mixed', pushes);
  const page = { repositoryId, query: '', offset: 0, limit: 50 };
  const untagged = await listStoredImages(site.app, { ...page, tagStatus: 'untagged' });
  const facts = ({ images }: typeof untagged) =>
    images.map(({ digest, tags, tagCount, isListed, isAttached }) => ({
      digest,
      tags,
      tagCount,
      isListed,
      isAttached,
    }));
  const bare = { tags: [], tagCount: 0, isListed: false, isAttached: false };
  expect(facts(untagged)).toEqual([
    { ...bare, digest: child.digest, isListed: true },
    { ...bare, digest: loose.digest },
  ]);
  expect(untagged.images[1]?.platforms).toMatchObject([AMD]);
  const all = await listStoredImages(site.app, { ...page, tagStatus: 'any' });
  expect(all.total).toBe(4);
  expect(facts(all)[0]).toEqual({ ...bare, digest: tagged.digest, tags: ['1.0', 'latest'], tagCount: 2 });
  const query = loose.digest.slice(10, 30).toUpperCase();
  const found = await listStoredImages(site.app, { ...page, tagStatus: 'any', query });
  expect(found.images.map(({ digest }) => digest)).toEqual([loose.digest]);
  expect((await listStoredImages(site.app, { ...page, tagStatus: 'any', query: 'sha256%' })).total).toBe(0);
});

test('pages through ten thousand images without repeating or losing any', async () => {
  const repositoryId = await publish('many', [[await build('one'), ['first']]]);
  await addManyTags(site.app.pool, { repositoryId, versions: 10_000 });
  await site.app.pool.query(
    'DELETE FROM tags USING manifests m WHERE m.id = manifest_id AND m.repository_id = $1 AND m.content_bytes % 2 = 1',
    [repositoryId],
  );
  const total = await site.app.db.manifest.count({ where: { repositoryId, tags: { none: {} } } });
  expect(total).toBeGreaterThanOrEqual(5_000);
  const digests = new Set<string>();
  const limit = 500;
  for (let offset = 0; offset < total; offset += limit) {
    const page = await listStoredImages(site.app, { repositoryId, tagStatus: 'untagged', query: '', offset, limit });
    expect(page.total).toBe(total);
    for (const { digest, tagCount } of page.images) {
      expect(tagCount).toBe(0);
      digests.add(digest);
    }
  }
  expect(digests.size).toBe(total);
  const last = { repositoryId, tagStatus: 'any', query: '', offset: 9_950, limit: 50 } as const;
  expect((await listStoredImages(site.app, last)).images).toHaveLength(50);
});
