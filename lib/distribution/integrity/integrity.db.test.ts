import { randomBytes } from 'node:crypto';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { siteBlob } from '#lib/blobs/blob-store.ts';
import { blobPath } from '#lib/blobs/disk/paths.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { scrubBlobs } from './scrub-blobs.ts';
import { verifyStore } from './verify-store.ts';

let site: TestApp;
let client: RawClient;
let name: string;
let image: BuiltManifest;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.app.db.repository.deleteMany();
  await site.app.db.blob.deleteMany();
  const ada = await site.createUser();
  client = createRawClient(site.url, basic(ada.token));
  name = `${ada.alias}/tool`;
  const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}');
  image = buildManifest({ config, layers: [blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(5000))] });
  for (const blob of image.blobs) await client.pushBlob(name, blob.bytes);
  expect((await putManifest()).status).toBe(201);
});

const putManifest = () =>
  client.send('PUT', `/v2/${name}/manifests/v1`, { headers: { 'content-type': image.mediaType }, body: image.bytes });
const scrub = (before = new Date(Date.now() + 3_600_000)) => scrubBlobs(site.app, { before, bytesPerSecond: 1e9 });
const layer = () => image.blobs.find(({ bytes }) => bytes.length === 5000) ?? image.blobs[0];

function pathOf(digest = layer()?.digest): string {
  const parsed = parseDigest(digest ?? '');
  if (!parsed) throw new Error('no digest');
  return blobPath(site.app.config.dataDir, siteBlob(parsed));
}

test('finds no problems in an intact store', async () => {
  expect(await scrub()).toMatchObject({ blobs: 2, missing: 0, corrupt: 0, damaged: [] });
  expect(await verifyStore(site.app)).toEqual({
    blobs: 2,
    manifests: 1,
    missing: 0,
    wrongSize: 0,
    unlinked: 0,
    problems: [],
  });
});

test('finds a flipped bit and withholds the blob until the next push restores it', async () => {
  const bytes = Buffer.from(layer()?.bytes ?? '');
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  await writeFile(pathOf(), bytes);
  expect(await scrub()).toMatchObject({ corrupt: 1, damaged: [{ digest: layer()?.digest, damage: 'corrupt' }] });
  const path = `/v2/${name}/blobs/${layer()?.digest}`;
  expect(await client.send('GET', path)).toMatchObject({ status: 404, codes: ['BLOB_UNKNOWN'] });
  // HEAD and mount must not let a client skip the upload.
  expect((await client.send('HEAD', path)).status).toBe(404);
  const mount = `/v2/${name}-2/blobs/uploads/?mount=${layer()?.digest}&from=${name}`;
  expect((await client.send('POST', mount)).status).toBe(202);
  expect(await putManifest()).toMatchObject({ status: 400, codes: ['MANIFEST_BLOB_UNKNOWN'] });
  await client.pushBlob(name, layer()?.bytes ?? '');
  expect((await client.send('GET', path)).body.equals(layer()?.bytes ?? Buffer.alloc(0))).toBe(true);
  expect((await putManifest()).status).toBe(201);
  expect(await scrub()).toMatchObject({ blobs: 2, corrupt: 0 });
});

test('finds a missing blob and a truncated one', async () => {
  const [other] = image.blobs.filter(({ digest }) => digest !== layer()?.digest);
  await rm(pathOf());
  await truncate(pathOf(other?.digest), 3);
  expect(await client.send('GET', `/v2/${name}/blobs/${layer()?.digest}`)).toMatchObject({
    status: 404,
    codes: ['BLOB_UNKNOWN'],
  });
  expect(await client.send('GET', `/v2/${name}/blobs/${other?.digest}`)).toMatchObject({ status: 404 });
  expect(await verifyStore(site.app)).toMatchObject({ missing: 1, wrongSize: 1, unlinked: 0 });
  expect(await scrub()).toMatchObject({ blobs: 2, missing: 1, corrupt: 1 });
  // As restored from a backup.
  for (const { digest, bytes } of image.blobs) await writeFile(pathOf(digest), bytes);
  expect(await scrub(new Date(0))).toMatchObject({ blobs: 2, missing: 0, corrupt: 0, repaired: 2 });
  expect((await client.send('GET', `/v2/${name}/blobs/${layer()?.digest}`)).status).toBe(200);
});

test('a scrub resumes where the last one stopped', async () => {
  const startedAt = new Date();
  await site.app.db.blob.updateMany({ data: { checkedAt: null } });
  await site.app.db.blob.updateMany({ where: { sha256: layer()?.digest }, data: { checkedAt: new Date() } });
  expect(await scrub(startedAt)).toMatchObject({ blobs: 1 });
  expect(await scrub(startedAt)).toMatchObject({ blobs: 0 });
});

test('a scrub respects its rate limit', async () => {
  const startedAt = Date.now();
  await scrubBlobs(site.app, { before: new Date(Date.now() + 3_600_000), bytesPerSecond: 20_000 });
  expect(Date.now() - startedAt).toBeGreaterThan(240);
});

test('finds a manifest whose blob its repository lacks', async () => {
  await site.app.db.repositoryBlob.deleteMany({ where: { digest: layer()?.digest } });
  expect(await verifyStore(site.app)).toMatchObject({
    unlinked: 1,
    problems: [{ problem: 'no_link', digest: layer()?.digest, manifest: image.digest, repository: name }],
  });
});
