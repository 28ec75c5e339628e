import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildArtifact, buildImage, buildIndex, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { getPublisherPage, getRepositoryPage, listNewPublishers } from './gallery-queries.ts';
import { listTagRows } from './tag-list-queries.ts';
import type { TagQuery } from './tag-query.ts';
import { getLatestTag, getNewestImage, getTag } from './tag-queries.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

const BASE: Omit<TagQuery, 'repositoryId'> = { query: '', sort: 'name', direction: 'asc', offset: 0, limit: 50 };

function imageFor(architecture: string, size: number): Promise<BuiltManifest> {
  return buildImage({
    platform: { os: 'linux', architecture },
    created: '2026-03-04T05:06:07Z',
    layers: [[{ path: 'file', content: Buffer.alloc(size, architecture) }]],
  });
}

/** Creates a repository and pushes to it. */
async function repositoryWith(pushes: [BuiltManifest, string[]][], options: { makePrivate?: boolean } = {}) {
  const { alias, token } = await site.createUser();
  const client = createDistributionClient(site.url, token);
  for (const [manifest, tags] of pushes) await client.push(`${alias}/things`, manifest, tags);
  const found = await findRepository(site.app, `${alias}/things`);
  if (!found) throw new Error('the push created no repository');
  if (options.makePrivate)
    await site.app.db.repository.update({ where: { id: found.id }, data: { visibility: 'private' } });
  return { alias, repositoryId: found.id };
}

describe('tags', () => {
  test('of an index shows its platforms with their sizes, without attestations', async () => {
    const amd64 = await imageFor('amd64', 100);
    const attestation = await buildImage({
      platform: { os: 'unknown', architecture: 'unknown' },
      created: '2026-03-04T05:06:07Z',
      layers: [],
    });
    const index = buildIndex([
      { platform: { os: 'linux', architecture: 'amd64' }, image: amd64 },
      { platform: { os: 'linux', architecture: 'arm64', variant: 'v8' }, image: await imageFor('arm64', 100) },
      { platform: { os: 'unknown', architecture: 'unknown' }, image: attestation },
    ]);
    const { repositoryId } = await repositoryWith([[index, ['1.0', 'latest']]]);
    const tag = await getTag(site.app, { repositoryId, tag: '1.0' });
    expect(tag).toMatchObject({ tag: '1.0', digest: index.digest, isIndex: true, sameDigestTags: ['latest'] });
    expect(tag?.platforms.map(({ os, architecture, variant }) => [os, architecture, variant])).toEqual([
      ['linux', 'amd64', null],
      ['linux', 'arm64', 'v8'],
    ]);
    const blobBytes = amd64.blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(tag?.platforms[0]).toMatchObject({ digest: amd64.digest, sizeBytes: blobBytes });
    expect(tag?.imageCreatedAt).toEqual(new Date('2026-03-04T05:06:07Z'));
  });

  test('are filtered, sorted and paged by the database, with % and _ as literals', async () => {
    const [small, big] = [await imageFor('amd64', 10), await imageFor('arm64', 100_000)];
    const { repositoryId } = await repositoryWith([
      [big, ['b_1', 'bx1']],
      [small, ['a', 'C']],
    ]);
    const names = async (query: Partial<TagQuery>) => {
      const { tags, total } = await listTagRows(site.app, { ...BASE, repositoryId, ...query });
      return { names: tags.map(({ tag }) => tag), total };
    };
    expect(await names({ query: 'b_' })).toEqual({ names: ['b_1'], total: 1 });
    expect(await names({ query: '%' })).toEqual({ names: [], total: 0 });
    expect(await names({ query: 'c' })).toEqual({ names: ['C'], total: 1 });
    expect((await names({ sort: 'size', direction: 'desc', limit: 2 })).names.sort()).toEqual(['b_1', 'bx1']);
    expect(await names({ sort: 'name', offset: 1, limit: 1 })).toEqual({ names: ['b_1'], total: 4 });
    expect((await names({ sort: 'pushed', direction: 'desc' })).names.at(-1)).toBe('b_1');
  });

  test('the latest tag is `latest` or the last pushed one, and without tags the newest manifest is shown', async () => {
    const [first, second] = [await imageFor('amd64', 1), await imageFor('amd64', 2)];
    const tagged = await repositoryWith([
      [first, ['latest']],
      [second, ['2.0']],
    ]);
    expect(await getLatestTag(site.app, tagged)).toMatchObject({ tag: 'latest', digest: first.digest });
    const unnamed = await repositoryWith([
      [first, ['1.0']],
      [second, ['0.9']],
    ]);
    expect(await getLatestTag(site.app, unnamed)).toMatchObject({ tag: '0.9', digest: second.digest });
    const untagged = await repositoryWith([[first, []]]);
    expect(await getLatestTag(site.app, untagged)).toBeNull();
    expect(await getNewestImage(site.app, untagged)).toMatchObject({ digest: first.digest });
  });
});

describe('the gallery', () => {
  test('shows a repository with attachments as an image repository', async () => {
    const image = await imageFor('amd64', 5);
    const signature = buildArtifact({
      artifactType: 'application/x.signature',
      file: { name: 's', mediaType: 'text/plain', content: 's' },
      subject: image,
    });
    const { repositoryId } = await repositoryWith([
      [image, ['1']],
      [signature, []],
    ]);
    expect(await getRepositoryPage(site.app, { repositoryId })).toMatchObject({
      kind: 'image',
      hasImage: true,
      tagCount: 1,
    });
  });

  test("counts only a publisher's public repositories that have an image", async () => {
    const image = await imageFor('amd64', 6);
    const shown = await repositoryWith([[image, ['1']]]);
    const hidden = await repositoryWith([[image, ['1']]], { makePrivate: true });
    const { alias: empty } = await site.createUser();
    const publishers = (await listNewPublishers(site.app, { limit: 100 })).map(({ alias }) => alias);
    expect(publishers).toContain(shown.alias);
    expect(publishers).not.toContain(hidden.alias);
    expect(publishers).not.toContain(empty);
    expect(await getPublisherPage(site.app, shown.alias)).toMatchObject({
      repositoryCount: 1,
      primaryAlias: shown.alias,
    });
    expect(await getPublisherPage(site.app, hidden.alias)).toMatchObject({ repositoryCount: 0, pullCount: 0 });
    expect(await getPublisherPage(site.app, 'no-such-alias')).toBeNull();
  });
});
