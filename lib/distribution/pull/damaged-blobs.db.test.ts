// Silent corruption is detected on the first pull, and never served completely.
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { siteBlob } from '#lib/blobs/blob-store.ts';
import { blobPath } from '#lib/blobs/disk/paths.ts';
import { countDamagedBlobs } from '#lib/distribution/integrity/count-damaged-blobs.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, sha512, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { markDamaged } from '#lib/distribution/integrity/mark-damaged.ts';

const MIB = 1024 * 1024;

let first: TestApp;
/** The same site after a restart, when it hasn't verified any blob. */
let site: TestApp;
let ada: TestUser;
let client: RawClient;
let name: string;
beforeAll(async () => {
  first = await createTestApp();
  ada = await first.createUser();
  name = `${ada.alias}/tool`;
  const { dataDir, databaseUrl = '' } = first.app.config;
  site = await createTestApp({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl });
  client = createRawClient(site.url, basic(ada.token));
});
afterAll(async () => {
  await site.close();
  await first.close();
});
afterEach(() => vi.restoreAllMocks());

/** Pushes through the first process, so that the second one hasn't hashed the blob. */
async function push(bytes: Buffer, digestOf: (bytes: Buffer) => string = sha256): Promise<string> {
  const before = createRawClient(first.url, basic(ada.token));
  const location = await before.startUpload(name);
  const digest = digestOf(bytes);
  expect((await before.send('PUT', `${location}?digest=${digest}`, { body: bytes })).status).toBe(201);
  return `/v2/${name}/blobs/${digest}`;
}

function fileOf(bytes: Buffer): string {
  const digest = parseDigest(sha256(bytes));
  if (!digest) throw new Error('no digest');
  return blobPath(site.app.config.dataDir, siteBlob(digest));
}

async function flip(bytes: Buffer, at: number): Promise<void> {
  const stored = await readFile(fileOf(bytes));
  stored[at] = (stored[at] ?? 0) ^ 1;
  await writeFile(fileOf(bytes), stored);
}

/** Expects a blob to look missing until a push restores it. */
async function expectHealing(path: string, bytes: Buffer): Promise<void> {
  for (const headers of [{}, { range: 'bytes=0-9' }, { range: 'bytes=5-' }]) {
    expect(await client.send('GET', path, { headers })).toMatchObject({ status: 404, codes: ['BLOB_UNKNOWN'] });
  }
  expect((await client.send('HEAD', path)).status).toBe(404);
  const location = await client.startUpload(name);
  const digest = path.split('/').at(-1);
  expect((await client.send('PUT', `${location}?digest=${digest}`, { body: bytes })).status).toBe(201);
  await expectWhole(path, bytes);
  expect(await countDamagedBlobs(site.app)).toBe(0);
}

async function expectWhole(path: string, bytes: Buffer): Promise<void> {
  const { status, body } = await client.send('GET', path);
  expect({ status, isWhole: body.equals(bytes) }).toEqual({ status: 200, isWhole: true });
}

describe.each([
  ['sha256', sha256],
  ['sha512', sha512],
] as const)('a blob by its %s', (_algorithm, digestOf) => {
  test.each([
    ['first', 2 * MIB + 3, () => 0],
    ['middle', 2 * MIB + 3, (size: number) => Math.floor(size / 2)],
    ['last', 2 * MIB + 3, (size: number) => size - 1],
    ['first', 10, () => 0],
    ['last', 64 * 1024 + 1, (size: number) => size - 1],
  ] as const)('with a bit flipped in its %s byte of %i, is interrupted and then missing', async (...row) => {
    const [, sizeBytes, place] = row;
    const bytes = randomBytes(sizeBytes);
    const path = await push(bytes, digestOf);
    await flip(bytes, place(sizeBytes));
    await expect(client.send('GET', path)).rejects.toThrow();
    expect(await countDamagedBlobs(site.app)).toBe(1);
    await expectHealing(path, bytes);
  });

  test('replaced by another file, is interrupted and then missing', async () => {
    const bytes = randomBytes(MIB);
    const path = await push(bytes, digestOf);
    await writeFile(`${fileOf(bytes)}.other`, randomBytes(MIB));
    await rename(`${fileOf(bytes)}.other`, fileOf(bytes));
    await expect(client.send('GET', path)).rejects.toThrow();
    await expectHealing(path, bytes);
  });

  test('truncated or removed, is missing', async () => {
    const bytes = randomBytes(MIB);
    const path = await push(bytes, digestOf);
    await truncate(fileOf(bytes), MIB - 1);
    await expectHealing(path, bytes);
    await rm(fileOf(bytes));
    await expectHealing(path, bytes);
  });
});

describe('a damaged blob', () => {
  test('is interrupted for all concurrent readers, and logged once', async () => {
    const bytes = randomBytes(20 * MIB);
    const path = await push(bytes);
    await flip(bytes, 12_345);
    const tell = vi.spyOn(site.app.log, 'error');
    const headers = { range: 'bytes=0-' };
    const pulls = Array.from({ length: 8 }, (_, i) => client.send('GET', path, i % 2 === 0 ? {} : { headers }));
    const statuses = (await Promise.allSettled(pulls)).map(({ status }) => status);
    // A pull that starts after the others have failed gets a 404.
    for (const [i, status] of statuses.entries())
      if (status === 'fulfilled') expect((await pulls[i])?.status).toBe(404);
    expect(statuses).toContain('rejected');
    const told = tell.mock.calls.filter(([what]) => Reflect.get(what as object, 'damage') === 'corrupt');
    expect(told).toHaveLength(1);
    await expectHealing(path, bytes);
  });

  test('is detected even after an intact push and pull', async () => {
    const bytes = randomBytes(MIB);
    const path = await push(bytes);
    await expectWhole(path, bytes);
    await flip(bytes, 7);
    await expect(client.send('GET', path)).rejects.toThrow();
    await expectHealing(path, bytes);
  });

  test('can’t be referenced by a new manifest until it is pushed again', async () => {
    const config = Buffer.from('{"os":"linux"}');
    const path = await push(config);
    await flip(config, 2);
    const mediaType = 'application/vnd.oci.image.config.v1+json';
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_IMAGE_MANIFEST,
      layers: [],
      config: { mediaType, digest: sha256(config), size: config.length },
    });
    const put = () =>
      client.send('PUT', `/v2/${name}/manifests/v1`, { headers: { 'content-type': OCI_IMAGE_MANIFEST }, body });
    expect(await put()).toMatchObject({ status: 400, codes: ['MANIFEST_BLOB_UNKNOWN'] });
    await expectHealing(path, config);
    expect((await put()).status).toBe(201);
  });

  test('isn’t marked if it is pushed again meanwhile', async () => {
    const bytes = randomBytes(1000);
    const path = await push(bytes);
    const digest = parseDigest(sha256(bytes));
    if (!digest) throw new Error('no digest');
    const found = { key: siteBlob(digest), damage: 'corrupt' } as const;
    expect(await markDamaged(site.app, { ...found, isStillSo: () => Promise.resolve(false) })).toBe(false);
    expect(await countDamagedBlobs(site.app)).toBe(0);
    // A push that has stored its bytes and waits for the row lock.
    const countWaiting = async () =>
      (
        await site.app.pool.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
      ).rowCount;
    const pushes: Promise<string>[] = [];
    const isStillSo = async () => {
      pushes.push(push(bytes));
      await expect.poll(countWaiting, { timeout: 10_000 }).toBeGreaterThan(0);
      return true;
    };
    expect(await markDamaged(site.app, { ...found, isStillSo })).toBe(true);
    await Promise.all(pushes);
    expect(pushes).toHaveLength(1);
    expect(await countDamagedBlobs(site.app)).toBe(0);
    await expectWhole(path, bytes);
  });
});

test('answers 503 if garbage collection removes the bytes of a running push, and rejects references to them', async () => {
  const config = Buffer.from('{"os":"linux","which":"collected"}');
  const { intake } = site.app;
  const finish = intake.finish.bind(intake);
  vi.spyOn(intake, 'finish').mockImplementationOnce(async (...args) => {
    const stored = await finish(...args);
    await rm(fileOf(config));
    return stored;
  });
  const digest = sha256(config);
  const post = (query: string, body = Buffer.alloc(0)) =>
    client.send('POST', `/v2/${name}/blobs/uploads/?${query}`, { body });
  expect(await post(`digest=${digest}`, config)).toMatchObject({ status: 503, codes: ['UNAVAILABLE'] });
  expect((await post(`mount=${digest}&from=${name}`)).status).toBe(202);
  const mediaType = 'application/vnd.oci.image.config.v1+json';
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_IMAGE_MANIFEST,
    layers: [],
    config: { mediaType, digest, size: config.length },
  });
  const headers = { 'content-type': OCI_IMAGE_MANIFEST };
  const put = () => client.send('PUT', `/v2/${name}/manifests/v2`, { headers, body });
  expect(await put()).toMatchObject({ status: 400, codes: ['MANIFEST_BLOB_UNKNOWN'] });
  expect((await post(`digest=${digest}`, config)).status).toBe(201);
  expect((await put()).status).toBe(201);
  await expectWhole(`/v2/${name}/blobs/${digest}`, config);
});

test('serves an intact blob completely to its first concurrent readers', async () => {
  const bytes = randomBytes(20 * MIB);
  const path = await push(bytes);
  await Promise.all(Array.from({ length: 8 }, () => expectWhole(path, bytes)));
  await expectWhole(path, bytes);
  const empty = Buffer.alloc(0);
  await expectWhole(await push(empty), empty);
});
