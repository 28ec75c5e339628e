// Pushes to a site whose blobs are on S3, through two replicas.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';
import { scrubBlobs } from '#lib/distribution/integrity/scrub-blobs.ts';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';
import { reapUploads } from '#lib/distribution/jobs/reap-uploads.ts';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient, sendPartly, sha256, sha512, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { findS3Server } from '#lib/testing/s3/start-s3.ts';
import { useS3Sites, type S3Sites } from '#lib/testing/s3/use-s3-sites.ts';

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
const { absent } = await findS3Server();
const title = absent ? `uploads on S3 (skipped: ${absent})` : 'uploads on S3';

describe.skipIf(absent !== null).each([
  ['plain', '0'],
  ['sealed', '1'],
])(`${title}, %s`, (_kind, isSealed) => {
  let sites: S3Sites;
  let name: string;
  let authorization: string;
  let clients: [RawClient, RawClient];
  beforeAll(async () => {
    sites = await useS3Sites({ SEALED_STORAGE: isSealed });
    const ada = await sites.one.createUser();
    name = `${ada.alias}/tool`;
    authorization = basic(ada.token);
    clients = [createRawClient(sites.one.url, authorization), createRawClient(sites.two.url, authorization)];
  });
  afterAll(() => sites.close());

  const rows = async () => {
    const { db } = sites.one.app;
    return { uploads: await db.upload.count(), staged: await db.stagedObject.count({ where: { objectKey: null } }) };
  };

  test.each([0, 1, 100_000, 9 * MIB, 9 * MIB + 1, 20 * MIB])('pushes and pulls %i bytes', async (sizeBytes) => {
    const bytes = randomBytes(sizeBytes);
    const digest = await clients[0].pushBlob(name, bytes);
    const path = `/v2/${name}/blobs/${digest}`;
    for (const client of clients) {
      expect((await client.send('HEAD', path)).headers['content-length']).toBe(String(sizeBytes));
      expect((await client.send('GET', path)).body.equals(bytes)).toBe(true);
    }
    expect(await rows()).toEqual({ uploads: 0, staged: 0 });
  });

  test.each([
    ['smaller than a part', 100_000],
    ['larger than a part', 11 * MIB],
  ])('continues chunks %s on the other replica', async (_, chunkBytes) => {
    const location = await clients[0].startUpload(name);
    const bytes = randomBytes(chunkBytes * 4);
    for (let at = 0, i = 1; at < bytes.length; at += chunkBytes, i += 1) {
      const [client, other] = i % 2 === 0 ? clients : [clients[1], clients[0]];
      const headers = { 'content-range': `${at}-${at + chunkBytes - 1}` };
      const answer = await client.send('PATCH', location, { headers, body: bytes.subarray(at, at + chunkBytes) });
      const range = `0-${at + chunkBytes - 1}`;
      expect(answer).toMatchObject({ status: 202, headers: { range } });
      expect(await other.send('GET', location)).toMatchObject({ status: 204, headers: { range } });
    }
    expect((await clients[0].send('PUT', `${location}?digest=${sha256(bytes)}`)).status).toBe(201);
    expect((await clients[1].send('GET', `/v2/${name}/blobs/${sha256(bytes)}`)).body.equals(bytes)).toBe(true);
  });

  test('verifies a SHA-512 digest of several parts', async () => {
    const bytes = randomBytes(17 * MIB);
    const location = await clients[0].startUpload(name);
    await clients[0].send('PATCH', location, { body: bytes });
    expect((await clients[1].send('PUT', `${location}?digest=${sha512(bytes)}`)).status).toBe(201);
  });

  test('refuses a wrong digest and leaves nothing behind', async () => {
    const bytes = randomBytes(17 * MIB);
    const location = await clients[0].startUpload(name);
    await clients[0].send('PATCH', location, { body: bytes });
    const answer = await clients[1].send('PUT', `${location}?digest=${sha256('else')}`);
    expect(answer).toMatchObject({ status: 400, codes: ['DIGEST_INVALID'] });
    expect(await rows()).toEqual({ uploads: 0, staged: 0 });
    expect(await sites.one.app.db.stagedPart.count()).toBe(0);
  });

  test('keeps what arrived before the connection broke, and resumes after it', async () => {
    const bytes = randomBytes(20 * MIB);
    const location = await clients[0].startUpload(name);
    const body = bytes.subarray(0, 19 * MIB);
    const partial = { method: 'PATCH', path: location, authorization, lengthBytes: bytes.length, body };
    await sendPartly(sites.one.url, partial, 1000);
    const readRange = async () => (await clients[1].send('GET', location)).headers.range;
    await expect.poll(readRange, { timeout: 10_000 }).toBe(`0-${body.length - 1}`);
    const at = body.length;
    const headers = { 'content-range': `${at}-${bytes.length - 1}` };
    expect((await clients[1].send('PATCH', location, { headers, body: bytes.subarray(at) })).status).toBe(202);
    expect((await clients[1].send('PUT', `${location}?digest=${sha256(bytes)}`)).status).toBe(201);
  });

  /** Opens an upload of several parts whose lease has expired. */
  async function startAbandoned(bytes: Buffer): Promise<{ location: string; id: string }> {
    const location = await clients[0].startUpload(name);
    await clients[0].send('PATCH', location, { body: bytes });
    const { id } = await sites.one.app.db.upload.findFirstOrThrow();
    await sites.one.app.db.upload.update({ where: { id }, data: { leasedUntil: new Date(Date.now() - 1000) } });
    return { location, id };
  }

  test('an upload whose takeover crashed is unknown instead of short', async () => {
    const bytes = randomBytes(20 * MIB);
    const { location, id } = await startAbandoned(bytes);
    const { stagedId } = await sites.one.app.db.upload.findFirstOrThrow();
    // The process dies before the upload's row names the copy.
    await sites.one.app.intake.takeOver(stagedId ?? id, randomUUID());
    const put = `${location}?digest=${sha256(bytes)}`;
    for (const client of clients) {
      const unknown = { status: 404, codes: ['BLOB_UPLOAD_UNKNOWN'] };
      expect(await client.send('GET', location)).toMatchObject(unknown);
      expect(await client.send('PUT', put)).toMatchObject(unknown);
    }
    await sites.one.app.db.upload.delete({ where: { id } });
    await sites.one.app.db.stagedObject.updateMany({ data: { changedAt: new Date(Date.now() - 2 * HOUR_MS) } });
    await reapUploads(sites.one.app);
    expect(await rows()).toEqual({ uploads: 0, staged: 0 });
  });

  test('a takeover that loses its lease leaves the parts to the next one', async () => {
    const bytes = randomBytes(20 * MIB);
    const { location, id } = await startAbandoned(bytes);
    const { intake, db } = sites.one.app;
    const takeOver = intake.takeOver.bind(intake);
    const slow = vi.spyOn(intake, 'takeOver').mockImplementationOnce(async (from, to) => {
      await takeOver(from, to);
      const leasedUntil = new Date(Date.now() - 1000);
      await db.upload.update({ where: { id }, data: { fence: { increment: 1 }, leasedUntil } });
    });
    const put = `${location}?digest=${sha256(bytes)}`;
    expect((await clients[0].send('PUT', put)).status).toBe(416);
    slow.mockRestore();
    expect((await clients[1].send('GET', location)).headers.range).toBe(`0-${bytes.length - 1}`);
    expect((await clients[1].send('PUT', put)).status).toBe(201);
    expect((await clients[0].send('GET', `/v2/${name}/blobs/${sha256(bytes)}`)).body.equals(bytes)).toBe(true);
  });

  test('reads ranges', async () => {
    const bytes = randomBytes(9 * MIB);
    const digest = await clients[0].pushBlob(name, bytes);
    for (const [start, end] of [
      [0, 0],
      [8 * MIB - 1, 8 * MIB],
      [5, 9 * MIB - 1],
    ] as const) {
      const answer = await clients[1].send('GET', `/v2/${name}/blobs/${digest}`, {
        headers: { range: `bytes=${start}-${end}` },
      });
      expect(answer.status).toBe(206);
      expect(answer.body.equals(bytes.subarray(start, end + 1))).toBe(true);
    }
  });

  test('collects, verifies and scrubs', async () => {
    const { app } = sites.one;
    const config = Buffer.from('{"os":"linux","architecture":"amd64"}');
    const layer = randomBytes(9 * MIB);
    for (const bytes of [config, layer]) await clients[0].pushBlob(name, bytes);
    const manifest = buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', config),
      layers: [blobOf('application/vnd.oci.image.layer.v1.tar', layer)],
    });
    const headers = { 'content-type': manifest.mediaType };
    const put = await clients[0].send('PUT', `/v2/${name}/manifests/v1`, { headers, body: manifest.bytes });
    expect(put.status).toBe(201);
    app.config.gcGraceSeconds = -1;
    const collection = await collectGarbage(app, { isThorough: true, isConfirmed: true });
    expect(collection.blobs.removed).toBeGreaterThan(0);
    expect(await app.db.blobObject.count()).toBe(2);
    expect(await verifyStore(app)).toMatchObject({ blobs: 2, missing: 0, wrongSize: 0, unlinked: 0 });
    const scrub = await scrubBlobs(app, { before: new Date(Date.now() + HOUR_MS), bytesPerSecond: 1e9 });
    expect(scrub).toMatchObject({ blobs: 2, missing: 0, corrupt: 0, pause: null });
    // Objects of removed blobs stay for an hour, for downloads in progress.
    const left = await app.db.stagedObject.count();
    expect(left).toBeGreaterThan(0);
    await reapUploads(app);
    expect(await app.db.stagedObject.count()).toBe(left);
    await app.db.stagedObject.updateMany({ data: { changedAt: new Date(Date.now() - 2 * HOUR_MS) } });
    await reapUploads(app);
    expect(await app.db.stagedObject.count()).toBe(0);
    expect(await sites.listObjects()).toHaveLength(2);
  });

  test('refuses to start with the bucket of another site, or an empty one', async () => {
    const empty = sites.start({ S3_PREFIX: 'empty' });
    await expect(empty).rejects.toMatchObject({ code: 'conflict', message: /bucket blobs lacks/ });
    const { S3_PREFIX = '' } = sites.settings;
    const strange = createTestApp({ ...sites.server.settings, S3_PREFIX });
    await expect(strange).rejects.toMatchObject({ message: /holds blobs that the database doesn't know/ });
  });
});
