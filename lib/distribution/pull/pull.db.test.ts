import { randomBytes } from 'node:crypto';
import { truncate, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { listOpenFiles } from '#lib/testing/list-open-files.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';

let vitrine: TestApp;
let publisher: RawClient;
let anybody: RawClient;
let name: string;
let blob: Buffer;
let digest: string;

// Unusual whitespace, because the manifest must be returned byte for byte.
const MANIFEST = `{ "schemaVersion": 2,\n  "mediaType": "${OCI_IMAGE_INDEX}", "manifests": [ ], "x-extra": {} }`;

beforeAll(async () => {
  vitrine = await createTestApp();
  const ada = await vitrine.createUser();
  publisher = createRawClient(vitrine.url, basic(ada.token));
  anybody = createRawClient(vitrine.url);
  name = `${ada.alias}/tool`;
  blob = randomBytes(3000);
  digest = await publisher.pushBlob(name, blob);
  await putManifest('latest', MANIFEST);
});
afterAll(() => vitrine.close());

const putManifest = (reference: string, body: string, type = OCI_IMAGE_INDEX) =>
  publisher.send('PUT', `/v2/${name}/manifests/${reference}`, { headers: { 'content-type': type }, body });

describe('a manifest', () => {
  test.each([
    ['tag', () => 'latest', 'no-cache'],
    ['digest', () => sha256(MANIFEST), 'public, max-age=60, must-revalidate'],
  ])('is served by %s as it was pushed, whatever the Accept header', async (_kind, reference, cacheControl) => {
    const path = `/v2/${name}/manifests/${reference()}`;
    const headers = {
      'content-type': OCI_IMAGE_INDEX,
      'content-length': String(MANIFEST.length),
      'docker-content-digest': sha256(MANIFEST),
      etag: `"${sha256(MANIFEST)}"`,
      'cache-control': cacheControl,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    };
    const got = await anybody.send('GET', path, { headers: { accept: 'text/html' } });
    expect(got).toMatchObject({ status: 200, headers });
    expect(got.body.toString()).toBe(MANIFEST);
    const head = await anybody.send('HEAD', path);
    expect(head).toMatchObject({ status: 200, headers });
    expect(head.body).toHaveLength(0);
  });

  it('answers 304 to a client that has it', async () => {
    const ifNoneMatch = `"x", W/"${sha256(MANIFEST)}"`;
    const answer = await anybody.send('GET', `/v2/${name}/manifests/latest`, {
      headers: { 'if-none-match': ifNoneMatch },
    });
    expect(answer).toMatchObject({ status: 304, headers: { etag: `"${sha256(MANIFEST)}"` } });
  });

  it('counts a GET as a pull, but not a HEAD', async () => {
    const { pullCounter, db } = vitrine.app;
    const read = async () => {
      await pullCounter.flush();
      const rows = await db.pullCount.findMany({ where: { repository: { name: 'tool' } } });
      return Object.fromEntries(rows.map((row) => [row.tag, Number(row.count)]));
    };
    const before = await read();
    await anybody.send('HEAD', `/v2/${name}/manifests/latest`);
    await anybody.send('GET', `/v2/${name}/manifests/latest`);
    await anybody.send('GET', `/v2/${name}/manifests/${sha256(MANIFEST)}`);
    await anybody.send('GET', `/v2/${name}/manifests/missing`);
    const after = await read();
    expect(after).toEqual({ latest: (before['latest'] ?? 0) + 1, '': (before[''] ?? 0) + 1 });
  });

  it.each(['missing', `sha256:${'0'.repeat(64)}`, '.bad'])('answers 404 when missing: %s', async (reference) => {
    for (const method of ['GET', 'HEAD']) {
      expect((await anybody.send(method, `/v2/${name}/manifests/${reference}`)).status).toBe(404);
    }
  });
});

describe('a blob', () => {
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    anybody.send(method, `/v2/${name}/blobs/${digest}`, { headers });

  it('is served as an attachment with an opaque content type', async () => {
    const headers = {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'content-length': '3000',
      'docker-content-digest': digest,
      'accept-ranges': 'bytes',
      etag: `"${digest}"`,
      'cache-control': 'public, max-age=60, must-revalidate',
    };
    const answer = await get({ 'accept-encoding': 'gzip, zstd' });
    expect(answer).toMatchObject({ status: 200, headers });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.body.equals(blob)).toBe(true);
    const head = await get({}, 'HEAD');
    expect(head).toMatchObject({ status: 200, headers });
    expect(head.body).toHaveLength(0);
  });

  test.each([
    ['bytes=500-1499', 500, 1499],
    ['bytes=500-', 500, 2999],
    ['bytes=-500', 2500, 2999],
    ['bytes=2000-5000', 2000, 2999],
  ])('is served by range: %s', async (range, start, end) => {
    const answer = await get({ range });
    expect(answer).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes ${start}-${end}/3000`, 'content-length': String(end - start + 1) },
    });
    expect(answer.body.equals(blob.subarray(start, end + 1))).toBe(true);
  });

  test.each(['bytes=3000-', 'bytes=500-0', 'bytes=-0'])('answers 416 for an unsatisfiable range: %s', async (range) => {
    expect(await get({ range })).toMatchObject({
      status: 416,
      codes: ['RANGE_INVALID'],
      headers: { 'content-range': 'bytes */3000' },
    });
  });

  test.each([
    [{ range: 'bytes=0-1,5-6' }],
    [{ range: 'bytes=zero-one' }],
    [{ range: 'bytes=0-1', 'if-range': '"sha256:other"' }],
  ])('is served completely for %j', async (headers) => {
    const answer = await get(headers);
    expect(answer.status).toBe(200);
    expect(answer.body).toHaveLength(3000);
  });

  it('answers 304 to a client that has it', async () => {
    expect((await get({ 'if-none-match': `"${digest}"` })).status).toBe(304);
  });

  it('of another repository is not found, even by its digest', async () => {
    const other = `${name}-other`;
    await publisher.pushBlob(other, 'something');
    const answer = await anybody.send('GET', `/v2/${other}/blobs/${digest}`);
    expect(answer).toMatchObject({ status: 404, codes: ['BLOB_UNKNOWN'] });
  });

  it('may be empty', async () => {
    const empty = await publisher.pushBlob(name, '');
    const answer = await anybody.send('GET', `/v2/${name}/blobs/${empty}`);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
  });

  it('with a missing or truncated file is not found until it is pushed again', async () => {
    const bytes = randomBytes(500);
    const lost = await publisher.pushBlob(name, bytes);
    const path = blobFile(lost);
    for (const damage of [() => truncate(path, 10), () => unlink(path)]) {
      await damage();
      expect((await anybody.send('HEAD', `/v2/${name}/blobs/${lost}`)).status).toBe(404);
      await publisher.pushBlob(name, bytes);
      expect((await anybody.send('GET', `/v2/${name}/blobs/${lost}`)).body.equals(bytes)).toBe(true);
    }
  });

  it('is read from one shared file, which is closed soon after the readers disconnect', async () => {
    const large = await publisher.pushBlob(name, randomBytes(20 * 1024 * 1024));
    const { hostname, port } = new URL(vitrine.url);
    const path = blobFile(large);
    const openFiles = async () => (await listOpenFiles()).filter((file) => file === path).length;
    const sockets = Array.from({ length: 5 }, () => {
      const socket = connect(Number(port), hostname);
      socket.pause();
      socket.write(`GET /v2/${name}/blobs/${large} HTTP/1.1\r\nHost: x\r\n\r\n`);
      return socket;
    });
    if (process.platform === 'linux') await expect.poll(openFiles, { timeout: 10_000 }).toBe(1);
    for (const socket of sockets) socket.destroy();
    await expect.poll(openFiles, { timeout: 20_000 }).toBe(0);
    expect((await get()).status).toBe(200);
  }, 40_000);
});

function blobFile(sha: string): string {
  const hex = sha.slice('sha256:'.length);
  return join(vitrine.app.config.dataDir, 'blobs', 'sha256', hex.slice(0, 2), hex);
}
