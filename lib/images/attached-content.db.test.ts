// Signatures, attestations, SBOMs and build caches are pushed like images but must not be treated as images.
import { readFileSync } from 'node:fs';
import { ANONYMOUS_CALLER } from '#lib/access/schema.ts';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  blobOf,
  buildChart,
  buildImage,
  buildIndex,
  buildManifest,
  type BuiltManifest,
} from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { buildSearchDocument } from '#lib/gallery/build-search-document.ts';
import { featureTag } from '#lib/repositories/feature-tag.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { findVisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { getRepositoryPage, IN_GALLERY } from '#lib/gallery/gallery-queries.ts';
import { listTagMoves } from '#lib/gallery/insight-queries.ts';
import { listPublisherRepositories } from '#lib/gallery/publisher/list-publisher-repositories.ts';
import { listOwnRepositories } from '#lib/repositories/own/list-own-repositories.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { listTagRows } from '#lib/gallery/tag-list-queries.ts';
import { getFeaturedTag, getNewestImage, getTag } from '#lib/gallery/tag-queries.ts';

let site: TestApp;
let ada: TestUser;
let client: DistributionClient;
beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser();
  client = createDistributionClient(site.url, ada.token);
});
afterAll(() => site.close());

const IMAGE_CONFIG = 'application/vnd.oci.image.config.v1+json';
const CACHE_CONFIG = 'application/vnd.buildkit.cacheconfig.v0';

const imageOf = (text: string) =>
  buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-03-04T05:06:07Z',
    layers: [[{ path: 'a', content: text }]],
  });
/** In the format of cosign 1 and 2. */
const evidenceOf = (type: string) =>
  buildManifest({
    config: blobOf(IMAGE_CONFIG, JSON.stringify({ id: randomUUID() })),
    layers: [blobOf(type, randomUUID())],
  });
const SIGNATURE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const tagOf = ({ digest }: BuiltManifest, suffix: string) => `${digest.replace(':', '-')}.${suffix}`;
const buildCache = () =>
  buildManifest({
    config: blobOf(CACHE_CONFIG, JSON.stringify({ id: randomUUID() })),
    layers: [blobOf('application/vnd.oci.image.layer.v1.tar+gzip', randomUUID())],
  });

let count = 0;
async function push(pushes: [BuiltManifest, string[]][]) {
  const name = `${ada.alias}/app-${(count += 1)}`;
  for (const [manifest, tags] of pushes) await client.push(name, manifest, tags);
  const found = await findRepository(site.app, name);
  if (!found) throw new Error('the push created no repository');
  return { name, repositoryId: found.id, found };
}

/** All tags in every list that shows them. */
async function look(repositoryId: bigint) {
  const { app } = site;
  const order = { sort: 'pushed', direction: 'desc', query: '', offset: 0, limit: 50 } as const;
  const [page, shown, listed, attached, moves, document] = await Promise.all([
    getRepositoryPage(app, { repositoryId }),
    getFeaturedTag(app, { repositoryId }),
    listTagRows(app, { repositoryId, ...order }),
    listTagRows(app, { repositoryId, ...order, isAttached: true }),
    listTagMoves(app, { repositoryId, limit: 50 }),
    buildSearchDocument(app, repositoryId),
  ]);
  return {
    kind: page.kind,
    tagCount: page.tagCount,
    hasImage: page.hasImage,
    shown: shown?.tag,
    found: document?.kind,
    tags: listed.tags.map(({ tag }) => tag),
    attached: attached.tags.map(({ tag }) => tag).sort(),
    moved: moves.map(({ tag }) => tag),
  };
}

describe('an attachment', () => {
  it('never appears on a page, a badge or a list', async () => {
    const image = await imageOf('signed');
    const index = buildIndex([{ platform: { os: 'linux', architecture: 'amd64' }, image }]);
    const [sig, att, sbom] = [SIGNATURE, 'application/vnd.dsse.envelope.v1+json', 'text/spdx+json'].map(evidenceOf);
    if (!sig || !att || !sbom) throw new Error('expected three attachments');
    const { name, repositoryId, found } = await push([
      [image, ['2.4.1']],
      [sig, [tagOf(image, 'sig')]],
      [att, [tagOf(image, 'att')]],
      [sbom, [tagOf(image, 'sbom')]],
      [index, [image.digest.replace(':', '-')]],
      [buildCache(), ['buildcache']],
    ]);
    const attached = [
      'buildcache',
      image.digest.replace(':', '-'),
      ...['sig', 'att', 'sbom'].map((s) => tagOf(image, s)),
    ].sort();
    const expected = { kind: 'image', found: 'image', tagCount: 1, shown: '2.4.1', tags: ['2.4.1'], moved: ['2.4.1'] };
    expect(await look(repositoryId)).toEqual({ ...expected, hasImage: true, attached });
    const { repositories } = await listOwnRepositories(site.app, {
      registryKey: found.registryKey,
      query: '',
      visibility: null,
      tagMutability: null,
      sort: 'pushed',
      offset: 0,
      limit: 1_000,
    });
    expect(repositories.find((row) => row.id === repositoryId)).toMatchObject({ tagCount: 1, hasImage: true });

    // The distribution API's tag list is complete, and each tag can be pulled and viewed.
    const list = (await (await client.request('GET', `/v2/${name}/tags/list`)).json()) as { tags: string[] };
    expect(list.tags).toEqual(['2.4.1', ...attached].sort());
    expect(await getTag(site.app, { repositoryId, tag: tagOf(image, 'sig') })).toMatchObject({ isAttached: true });
    const refused = featureTag(site.app, { caller: ada.caller, fullName: name, tag: 'buildcache' });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('does not turn a chart into an image', async () => {
    const chart = await buildChart({ name: 'c', version: '1.0.0', description: 'd', files: [] });
    const { repositoryId, found } = await push([
      [chart, ['1.0.0']],
      [evidenceOf(SIGNATURE), [tagOf(chart, 'sig')]],
    ]);
    expect(await look(repositoryId)).toMatchObject({ kind: 'chart', found: 'chart', shown: '1.0.0', tags: ['1.0.0'] });
    const listed = { registryKey: found.registryKey, isMember: false, sort: 'name', offset: 0, limit: 50 } as const;
    const { repositories } = await listPublisherRepositories(site.app, listed);
    expect(repositories.find(({ name }) => name === found.name)).toMatchObject({ kind: 'chart' });
  });

  it('alone does not put a repository into the gallery', async () => {
    const index = buildIndex([]);
    const cacheIndex = {
      ...blobOf(
        index.mediaType,
        JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: CACHE_CONFIG, digest: index.digest, size: 2 }] }),
      ),
      blobs: [],
      children: [],
    };
    const { name, repositoryId } = await push([
      [buildCache(), ['latest']],
      [cacheIndex, ['cache']],
    ]);
    expect(await look(repositoryId)).toMatchObject({
      hasImage: false,
      tagCount: 0,
      shown: undefined,
      found: undefined,
    });
    expect(await getNewestImage(site.app, { repositoryId })).toBeNull();
    expect(await site.app.db.repository.count({ where: { id: repositoryId, ...IN_GALLERY } })).toBe(0);
    expect(await findVisibleRepository(site.app, { caller: ANONYMOUS_CALLER, fullName: name })).toBeNull();
    expect(await findVisibleRepository(site.app, { caller: ada.caller, fullName: name })).not.toBeNull();
  });

  it('under an ordinary tag counts as an image until the tag moves to a cache', async () => {
    const image = await imageOf('twice');
    const { name, repositoryId } = await push([[image, [`sha256-${'a'.repeat(64)}.sbom`]]]);
    expect(await look(repositoryId)).toMatchObject({ tagCount: 0, hasImage: false });
    await client.push(name, image, ['1.0']);
    const tag = await getTag(site.app, { repositoryId, tag: '1.0' });
    expect(tag).toMatchObject({ isAttached: false, sameDigestTags: [], sameDigestCount: 0 });
    await featureTag(site.app, { caller: ada.caller, fullName: name, tag: '1.0' });
    expect(await look(repositoryId)).toMatchObject({ tags: ['1.0'], shown: '1.0', hasImage: true, kind: 'image' });
    await client.push(name, buildCache(), ['1.0']);
    expect(await look(repositoryId)).toMatchObject({ tags: [], shown: undefined });
    // The migration below can't know earlier tags.
    await site.app.db.repository.delete({ where: { id: repositoryId } });
  });

  it('is an attachment again after a restore', async () => {
    const image = await imageOf('restored');
    const signature = evidenceOf(SIGNATURE);
    const { name, repositoryId } = await push([
      [image, ['1']],
      [signature, [tagOf(image, 'sig')]],
      [buildCache(), ['buildcache']],
    ]);
    const before = await look(repositoryId);
    for (const reference of ['buildcache', signature.digest]) {
      await client.request('DELETE', `/v2/${name}/manifests/${reference}`);
      const { id } = await site.app.db.deletion.findFirstOrThrow({ where: { repositoryId } });
      await restoreDeletion(site.app, { caller: ada.caller, id });
    }
    expect(await look(repositoryId)).toEqual(before);
  });

  it('is classified by the migration as by a push', async () => {
    const { pool } = site.app;
    type Row = { id: string; attached_as: string | null };
    const read = async () => {
      const { rows: manifests } = await pool.query<Row>('SELECT id::text, attached_as FROM manifests ORDER BY id');
      const { rows: tags } = await pool.query<Row>(
        'SELECT name AS id, attached_as FROM tags ORDER BY repository_id, name',
      );
      return [...manifests, ...tags];
    };
    const before = await read();
    await pool.query('UPDATE manifests SET attached_as = NULL');
    await pool.query('UPDATE tags SET attached_as = NULL');
    const file = new URL('../../prisma/migrations/20261128160000_attached_content/migration.sql', import.meta.url);
    for (const statement of readFileSync(file, 'utf8')
      .split(';')
      .filter((text) => /^\s*UPDATE/.test(text)))
      await pool.query(statement);
    expect(await read()).toEqual(before);
    expect(before.some(({ attached_as }) => attached_as !== null)).toBe(true);
  });
});
