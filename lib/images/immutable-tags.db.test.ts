// Pushes to repositories whose tags can't be overwritten.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { listDeletions } from '#lib/repositories/deletions/deletion-queries.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import type { TagMutability } from '#lib/repositories/tag-mutability/schema.ts';
import { setTagMutability } from '#lib/repositories/tag-mutability/set-tag-mutability.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';

let site: TestApp;
let ada: TestUser;
let client: DistributionClient;
let images: BuiltManifest[];
let serial = 0;

beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser();
  client = createDistributionClient(site.url, ada.token);
  images = await Promise.all(['first', 'second', 'third'].map(build));
});
afterAll(() => site.close());

function build(content: string) {
  const platform = { os: 'linux', architecture: 'amd64' };
  return buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content }]] });
}

/** A repository with the first image under `tags`. */
async function prepare(tags: string[], tagMutability: TagMutability, tagExclusions: string[] = []) {
  const fullName = `${ada.alias}/app-${(serial += 1)}`;
  for (const image of images) await client.push(fullName, image, []);
  await client.push(fullName, image(0), tags);
  await setTagMutability(site.app, { caller: ada.caller, fullName, tagMutability, tagExclusions });
  return fullName;
}

function image(at: number): BuiltManifest {
  const found = images[at];
  if (!found) throw new Error(`no image ${at}`);
  return found;
}

const put = (fullName: string, tag: string, at: number) =>
  client.request('PUT', `/v2/${fullName}/manifests/${tag}`, image(at));
const digestOf = async (fullName: string, tag: string) =>
  (await client.request('HEAD', `/v2/${fullName}/manifests/${tag}`)).headers.get('docker-content-digest');
const sentence = (fullName: string, tag: string) =>
  `The image tag '${tag}' already exists in the '${fullName.split('/')[1]}' repository and cannot be overwritten because the repository is immutable.`;

describe('an immutable tag', () => {
  test('is refused in the words of ECR, also with its own manifest', async () => {
    const fullName = await prepare(['1.0'], 'immutable');
    for (const at of [0, 1]) {
      const refusal = expect(put(fullName, '1.0', at)).rejects;
      await refusal.toThrow('answered 400: {"errors":[{"code":"TAG_INVALID"');
      await expect(put(fullName, '1.0', at)).rejects.toThrow(sentence(fullName, '1.0'));
    }
    expect(await digestOf(fullName, '1.0')).toBe(image(0).digest);
    await put(fullName, '1.1', 1);
    expect(await digestOf(fullName, '1.1')).toBe(image(1).digest);
  });

  test('is refused together with new ones, and none is written', async () => {
    const fullName = await prepare(['1.0'], 'immutable');
    const path = `/v2/${fullName}/manifests/${image(1).digest}?tag=2.0&tag=1.0`;
    await expect(client.request('PUT', path, image(1))).rejects.toThrow('TAG_INVALID');
    await expect(digestOf(fullName, '2.0')).rejects.toThrow('answered 404');
  });

  test('is won by one of many pushes', async () => {
    const fullName = await prepare([], 'immutable');
    const results = await Promise.allSettled([0, 1, 2, 0, 1, 2].map((at) => put(fullName, 'race', at)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const repository = await findRepository(site.app, fullName);
    expect(await site.app.db.tagEvent.count({ where: { repositoryId: repository?.id ?? 0n, tag: 'race' } })).toBe(1);
  });

  test('can be deleted and restored, but not over a newer one', async () => {
    const fullName = await prepare(['1.0'], 'immutable');
    await client.request('DELETE', `/v2/${fullName}/manifests/1.0`);
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
    const [deletion] = (await listDeletions(site.app, { registryKey, offset: 0, limit: 1 })).rows;
    const restore = () => restoreDeletion(site.app, { caller: ada.caller, id: deletion?.id ?? '' });
    await put(fullName, '1.0', 1);
    await expect(restore()).rejects.toMatchObject({ code: 'conflict' });
    expect(await digestOf(fullName, '1.0')).toBe(image(1).digest);
    await client.request('DELETE', `/v2/${fullName}/manifests/1.0`);
    await restore();
    expect(await digestOf(fullName, '1.0')).toBe(image(0).digest);
  });
});

describe.each<[TagMutability, string[], string[], string[]]>([
  ['mutable', [], ['1.0', 'dev-1', 'latest'], []],
  ['immutable', [], [], ['1.0', 'dev-1', 'latest']],
  ['immutable_with_exclusion', ['dev-*', 'latest'], ['dev-1', 'latest'], ['1.0', 'dev', 'latest-1']],
  ['mutable_with_exclusion', ['*.*', 'v*-final'], ['latest', 'v-fina', 'v1'], ['1.0', 'v1-final', 'v-final']],
])('%s with %j', (tagMutability, exclusions, free, kept) => {
  test('decides by name', async () => {
    const fullName = await prepare([...free, ...kept], tagMutability, exclusions);
    for (const tag of free) await put(fullName, tag, 1);
    for (const tag of kept) await expect(put(fullName, tag, 1)).rejects.toThrow('TAG_INVALID');
  });
});

test('a rule is checked, and only managers change it', async () => {
  const fullName = await prepare([], 'mutable');
  const set = (tagMutability: string, tagExclusions: string[], user = ada) =>
    setTagMutability(site.app, {
      caller: user.caller,
      fullName,
      tagMutability,
      tagExclusions,
    });
  for (const [rule, patterns] of [
    ['never', []],
    ['immutable', ['a']],
    ['immutable_with_exclusion', []],
    ['mutable_with_exclusion', ['a*b*c*']],
    ['mutable_with_exclusion', ['a?']],
    ['mutable_with_exclusion', ['x'.repeat(129)]],
    ['mutable_with_exclusion', ['a', 'b', 'c', 'd', 'e', 'f']],
  ] as const) {
    await expect(set(rule, [...patterns])).rejects.toMatchObject({ code: 'invalid_input' });
  }
  const pusher = await site.createUser();
  const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
  await site.app.db.member.create({
    data: { registryKey, userId: pusher.caller.principal.userId, role: 'pusher' },
  });
  await expect(set('immutable', [], pusher)).rejects.toMatchObject({ code: 'forbidden' });
});
