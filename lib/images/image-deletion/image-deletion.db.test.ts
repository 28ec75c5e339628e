import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { buildImage, buildIndex, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { chooseImages } from './choose-images.ts';
import { deleteChosenImages } from './delete-chosen-images.ts';
import type { ChosenImage } from './schema.ts';

const AMD = { os: 'linux', architecture: 'amd64' };
let site: TestApp;
let ada: TestUser;
let client: DistributionClient;
let fullName = '';
let image: BuiltManifest;
let other: BuiltManifest;
let serial = 0;
beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser();
  client = createDistributionClient(site.url, ada.token);
  [image, other] = await Promise.all([build('first'), build('second')]);
});
afterAll(() => site.close());
beforeEach(async () => {
  fullName = `${ada.alias}/app-${(serial += 1)}`;
  await client.push(fullName, image, ['1.0', 'latest']);
  await client.push(fullName, other, []);
});

function build(content: string) {
  return buildImage({ platform: AMD, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content }]] });
}
const choose = (digests: string[], user = ada) => chooseImages(site.app, { caller: user.caller, fullName, digests });
const remove = (images: ChosenImage[], user = ada) =>
  deleteChosenImages(site.app, { caller: user.caller, fullName, images });
async function digestsLeft(): Promise<string[]> {
  const { id } = (await findRepository(site.app, fullName)) ?? { id: 0n };
  const rows = await site.app.db.manifest.findMany({ where: { repositoryId: id }, orderBy: { id: 'asc' } });
  return rows.map(({ digest }) => digest);
}

test('deletes one image or several, with their tags, and lists them first', async () => {
  const missing = `sha256:${'a'.repeat(64)}`;
  const chosen = await choose([image.digest, other.digest, missing]);
  expect(chosen).toEqual([
    { digest: other.digest, tags: [] },
    { digest: image.digest, tags: ['1.0', 'latest'] },
  ]);
  expect(await digestsLeft()).toEqual([image.digest, other.digest]);
  expect(await remove(chosen.slice(0, 1))).toEqual({ deleted: 1, listed: 0, changed: 0 });
  expect(await digestsLeft()).toEqual([image.digest]);
  // The one that is gone already is ignored.
  expect(await remove(chosen)).toEqual({ deleted: 1, listed: 0, changed: 0 });
  expect(await digestsLeft()).toEqual([]);
  const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
  const name = fullName.split('/')[1] ?? '';
  const deletions = await site.app.db.deletion.findMany({ where: { registryKey, name } });
  expect(deletions.map(({ kind }) => kind)).toEqual(['manifest', 'manifest']);
  expect(await site.app.db.auditEvent.count({ where: { action: 'manifest.delete', target: { contains: name } } })).toBe(
    2,
  );
});

test('keeps an image whose tags have changed since it was chosen', async () => {
  const chosen = await choose([image.digest, other.digest]);
  await client.push(fullName, other, ['new']);
  expect(await remove(chosen)).toEqual({ deleted: 1, listed: 0, changed: 1 });
  const again = await choose([other.digest]);
  await client.push(fullName, other, ['newer']);
  await client.request('DELETE', `/v2/${fullName}/manifests/new`);
  expect(await remove(again)).toEqual({ deleted: 0, listed: 0, changed: 1 });
  expect(await digestsLeft()).toEqual([other.digest]);
});

test('keeps an image that an index lists, unless the index is deleted with it', async () => {
  const index = buildIndex([{ platform: AMD, image: other }]);
  await client.push(fullName, index, []);
  expect(await remove(await choose([other.digest]))).toEqual({ deleted: 0, listed: 1, changed: 0 });
  const both = [
    { digest: other.digest, tags: [] },
    { digest: index.digest, tags: [] },
  ];
  expect(await remove(both)).toEqual({ deleted: 2, listed: 0, changed: 0 });
});

describe('is refused', () => {
  test('to pushers, readers and strangers', async () => {
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
    for (const role of ['pusher', 'reader', null] as const) {
      const user = await site.createUser();
      const userId = user.caller.principal.userId;
      if (role) await site.app.db.member.create({ data: { registryKey, userId, role } });
      await expect(choose([image.digest], user)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(remove([{ digest: other.digest, tags: [] }], user)).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(await digestsLeft()).toHaveLength(2);
  });

  test.each([
    ['nothing', []],
    ['a short digest', [{ digest: 'sha256:1', tags: [] }]],
    ['a name that can be no tag', [{ digest: `sha256:${'a'.repeat(64)}`, tags: ['a b'] }]],
    ['more than 100', Array.from({ length: 101 }, () => ({ digest: `sha256:${'a'.repeat(64)}`, tags: [] }))],
    ['no list', null as never],
    ['other objects', [{ digest: { in: [] } }] as never],
  ])('for %s', async (_what, images) => {
    await expect(remove(images)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await digestsLeft()).toHaveLength(2);
  });

  test('for images with too many tags to show', async () => {
    const { id: repositoryId } = (await findRepository(site.app, fullName)) ?? { id: 0n };
    const { id: manifestId } = await site.app.db.manifest.findFirstOrThrow({
      where: { repositoryId, digest: other.digest },
    });
    const data = Array.from({ length: 1_001 }, (_, i) => ({ repositoryId, manifestId, name: `build-${i}` }));
    await site.app.db.tag.createMany({ data });
    await expect(choose([other.digest])).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await choose([image.digest])).toHaveLength(1);
  });
});
