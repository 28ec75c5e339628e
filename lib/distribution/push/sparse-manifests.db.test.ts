// Manifests that reference missing blobs, and indexes that list blobs or missing manifests.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findPresentManifests, getLayer, getManifestPage } from '#lib/gallery/manifest-queries.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { getTag } from '#lib/gallery/tag-queries.ts';
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { CONFIG, describeBlob, imageOf, typed } from '#lib/testing/images/sample-manifest.ts';
import { reviewLinks } from '#lib/distribution/garbage/review-links.ts';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';

let vitrine: TestApp;
let ada: TestUser;
let client: RawClient;
let name: string;

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  client = createRawClient(vitrine.url, basic(ada.token));
});
afterAll(() => vitrine.close());
beforeEach(async () => {
  name = `${ada.alias}/${randomUUID()}`;
  await client.pushBlob(name, CONFIG);
});

const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const platform = (architecture: string) => ({ platform: { os: 'linux', architecture } });
const imageFor = (architecture: string) => imageOf(CONFIG, [], { annotations: { architecture } });
const indexOf = (manifests: object[]) =>
  JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests }, null, 3);
const put = async (reference: string, bytes: string, type = OCI_IMAGE_MANIFEST) =>
  (await client.send('PUT', `/v2/${name}/manifests/${reference}`, typed(type, bytes))).status;
const pushIndex = async (tag: string, manifests: object[]) => {
  const index = indexOf(manifests);
  expect(await put(tag, index, OCI_IMAGE_INDEX)).toBe(201);
  return index;
};
const status = async (method: string, path: string) => (await client.send(method, `/v2/${name}/${path}`)).status;

async function repositoryId(): Promise<bigint> {
  const where = { name: name.split('/')[1] ?? '' };
  return (await vitrine.app.db.repository.findFirstOrThrow({ where, select: { id: true } })).id;
}

async function bytesBelow(document: string): Promise<number | undefined> {
  return (await getManifestPage(vitrine.app, { repositoryId: await repositoryId(), digest: sha256(document) }))
    ?.contentBytes;
}

/** Runs as if every grace period were over. */
const collectLinks = () => reviewLinks(vitrine.app, { before: new Date(Date.now() + 60_000), isDryRun: false });

describe('an index with one of two platforms present', () => {
  const [amd64, arm64] = [imageFor('amd64'), imageFor('arm64')];
  const children = [
    { ...describeBlob(OCI_IMAGE_MANIFEST, amd64), ...platform('amd64') },
    { ...describeBlob(OCI_IMAGE_MANIFEST, arm64), ...platform('arm64') },
  ];

  test('is returned unchanged, and the other platform is unknown', async () => {
    await put('amd64', amd64);
    const index = await pushIndex('all', children);
    for (const reference of ['all', sha256(index)]) {
      const answer = await client.send('GET', `/v2/${name}/manifests/${reference}`);
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': OCI_IMAGE_INDEX } });
      expect(answer.body.toString()).toBe(index);
    }
    const missing = await client.send('GET', `/v2/${name}/manifests/${sha256(arm64)}`);
    expect(missing).toMatchObject({ status: 404, codes: ['MANIFEST_UNKNOWN'] });
    const tag = await getTag(vitrine.app, { repositoryId: await repositoryId(), tag: 'all' });
    expect(tag?.platforms).toMatchObject([
      { architecture: 'amd64', sizeBytes: CONFIG.length },
      { architecture: 'arm64', sizeBytes: null },
    ]);
  });

  test('includes the other platform once it is pushed, until it is deleted', async () => {
    await put('amd64', amd64);
    const index = await pushIndex('all', children);
    const above = await pushIndex('above', [describeBlob(OCI_IMAGE_INDEX, index)]);
    const expectBytes = async (images: number) =>
      expect([await bytesBelow(index), await bytesBelow(above)]).toEqual(Array(2).fill(images * CONFIG.length));
    await expectBytes(1);
    await put('arm64', arm64);
    await put('arm64', arm64);
    await expectBytes(2);
    const id = await repositoryId();
    const child = await getManifestPage(vitrine.app, { repositoryId: id, digest: sha256(arm64) });
    expect(child?.parents).toEqual([sha256(index)]);
    expect(await status('DELETE', `manifests/${sha256(arm64)}`)).toBe(405);
    for (const tag of ['all', 'above']) expect(await status('DELETE', `manifests/${tag}`)).toBe(202);
    expect(await status('DELETE', `manifests/${sha256(arm64)}`)).toBe(202);
    await expectBytes(1);
    const where = { repositoryId: id, kind: 'manifest' as const };
    const deletion = await vitrine.app.db.deletion.findFirstOrThrow({ where });
    await restoreDeletion(vitrine.app, { caller: ada.caller, id: deletion.id });
    await expectBytes(2);
  });

  test('without any platform present has no content', async () => {
    const index = await pushIndex('none', children);
    expect(await bytesBelow(index)).toBe(0);
    const digests = children.map(({ digest }) => digest);
    expect((await findPresentManifests(vitrine.app, { repositoryId: await repositoryId(), digests })).size).toBe(0);
  });
});

describe('an image with a missing layer', () => {
  const late = randomUUID();
  const layers = [describeBlob(LAYER, late)];

  test('is refused', async () => {
    expect(await put('lacking', imageOf(CONFIG, [], { layers }))).toBe(400);
  });

  test('is accepted with sparse images enabled, if its config is present, and gets its layer later', async () => {
    vitrine.app.config.takesSparseImages = true;
    try {
      const image = imageOf(CONFIG, [], { layers });
      expect(await put('lacking', image)).toBe(201);
      expect((await client.send('GET', `/v2/${name}/manifests/lacking`)).body.toString()).toBe(image);
      const missing = await client.send('GET', `/v2/${name}/blobs/${sha256(late)}`);
      expect(missing).toMatchObject({ status: 404, codes: ['BLOB_UNKNOWN'] });
      await client.pushBlob(name, late);
      await collectLinks();
      expect(await status('GET', `blobs/${sha256(late)}`)).toBe(200);
      expect(await put('no-config', imageOf('{"os":"none"}', [], { layers }))).toBe(400);
    } finally {
      vitrine.app.config.takesSparseImages = false;
    }
  });
});

describe('an index of blobs, such as a BuildKit cache', () => {
  const cacheConfig = 'application/vnd.buildkit.cacheconfig.v0';

  test('protects them from garbage collection and DELETE while it exists', async () => {
    const layer = randomUUID();
    await client.pushBlob(name, layer);
    const children = [describeBlob(LAYER, layer), describeBlob(cacheConfig, CONFIG)];
    const index = await pushIndex('cache', children);
    expect(await bytesBelow(index)).toBe(layer.length + CONFIG.length);
    await collectLinks();
    expect(await status('GET', `blobs/${sha256(layer)}`)).toBe(200);
    expect(await status('DELETE', `blobs/${sha256(layer)}`)).toBe(405);
    const view = await getLayer(vitrine.app, { repositoryId: await repositoryId(), digest: sha256(layer) });
    expect(view).toMatchObject({ mediaType: LAYER, manifests: [sha256(index)] });

    expect(await status('DELETE', `manifests/${sha256(index)}`)).toBe(202);
    await collectLinks();
    expect(await status('GET', `blobs/${sha256(layer)}`)).toBe(404);
    const where = { digest: sha256(index) };
    const { id } = await vitrine.app.db.deletion.findFirstOrThrow({ where });
    await restoreDeletion(vitrine.app, { caller: ada.caller, id });
    expect(await status('GET', `blobs/${sha256(layer)}`)).toBe(200);
  });

  test('may lack blobs without counting as damaged, and protects those pushed later', async () => {
    const late = randomUUID();
    await pushIndex('cache', [describeBlob(LAYER, late)]);
    expect(await status('HEAD', `blobs/${sha256(late)}`)).toBe(404);
    expect(await verifyStore(vitrine.app)).toMatchObject({ unlinked: 0, problems: [] });
    await client.pushBlob(name, late);
    await collectLinks();
    expect(await status('HEAD', `blobs/${sha256(late)}`)).toBe(200);
  });
});
