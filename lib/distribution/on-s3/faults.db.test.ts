// What clients see while S3 fails, and that nothing acknowledged is lost.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { scrubBlobs } from '#lib/distribution/integrity/scrub-blobs.ts';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { startFaultProxy, type Fault, type FaultProxy } from '#lib/testing/s3/fault-proxy.ts';
import { findS3Server } from '#lib/testing/s3/start-s3.ts';
import { useS3Sites, type S3Sites } from '#lib/testing/s3/use-s3-sites.ts';

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
const { absent } = await findS3Server();
const title = absent ? `faults of S3 (skipped: ${absent})` : 'faults of S3';

describe.skipIf(absent !== null)(title, () => {
  let sites: S3Sites;
  let proxy: FaultProxy;
  let name: string;
  let clients: [RawClient, RawClient];
  beforeAll(async () => {
    // Site one reaches S3 through the proxy, and site two directly.
    sites = await useS3Sites({}, async (server) => {
      proxy = await startFaultProxy(server.port);
      return { S3_ENDPOINT: proxy.url };
    });
    const ada = await sites.one.createUser();
    name = `${ada.alias}/tool`;
    const authorization = basic(ada.token);
    clients = [createRawClient(sites.one.url, authorization), createRawClient(sites.two.url, authorization)];
  });
  afterEach(() => proxy.heal());
  afterAll(async () => {
    await sites.close();
    await proxy.close();
  });

  /** Lets the first requests fail, then one in `every`. */
  const sometimes = (fault: Fault, { first = 2, every = 5, only = /./ } = {}) => {
    let count = 0;
    proxy.fail(({ method, url }: IncomingMessage) => {
      if (!only.test(`${method} ${url}`)) return null;
      count += 1;
      return count <= first || count % every === 0 ? fault : null;
    });
  };
  const path = (digest: string) => `/v2/${name}/blobs/${digest}`;

  test.each([
    ['503 bursts', { kind: 'status', status: 503 }],
    ['500 bursts', { kind: 'status', status: 500 }],
    ['resets', { kind: 'reset' }],
    ['lost answers', { kind: 'lose answer' }],
    ['a slow network', { kind: 'delay', ms: 200 }],
  ] as const)('pushes and pulls through %s', async (_, fault) => {
    sometimes(fault);
    for (const bytes of [randomBytes(1000), randomBytes(20 * MIB)]) {
      const digest = await clients[0].pushBlob(name, bytes);
      expect((await clients[0].send('GET', path(digest))).body.equals(bytes)).toBe(true);
      expect((await clients[1].send('GET', path(digest))).body.equals(bytes)).toBe(true);
    }
    expect(proxy.faults).toBeGreaterThan(2);
  });

  test('answers 503 with Retry-After while S3 is down, and goes on with the upload afterwards', async () => {
    const bytes = randomBytes(20 * MIB);
    const location = await clients[0].startUpload(name);
    await clients[0].send('PATCH', location, { body: bytes.subarray(0, 15 * MIB) });
    proxy.fail(() => ({ kind: 'status', status: 503 }));
    const rest = { headers: { 'content-range': `${15 * MIB}-${20 * MIB - 1}` }, body: bytes.subarray(15 * MIB) };
    const refused = await clients[0].send('PATCH', location, rest);
    expect(refused).toMatchObject({ status: 503, codes: ['UNAVAILABLE'] });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await expect(sites.one.app.volume.requireReadable()).rejects.toMatchObject({ code: 'unavailable' });
    proxy.heal();
    const status = await clients[0].send('GET', location);
    expect(status.headers.range).toBe(`0-${15 * MIB - 1}`);
    expect((await clients[0].send('PATCH', location, rest)).status).toBe(202);
    expect((await clients[0].send('PUT', `${location}?digest=${sha256(bytes)}`)).status).toBe(201);
    expect((await clients[1].send('GET', path(sha256(bytes)))).body.equals(bytes)).toBe(true);
  });

  test.each([
    ['cut', { kind: 'cut', afterBytes: 3 * MIB }],
    ['shortened', { kind: 'shorten', afterBytes: 3 * MIB }],
  ] as const)('continues downloads that are %s', async (_, fault) => {
    const bytes = randomBytes(20 * MIB);
    const digest = await clients[1].pushBlob(name, bytes);
    proxy.fail(({ method }) => (method === 'GET' ? fault : null));
    expect((await clients[0].send('GET', path(digest))).body.equals(bytes)).toBe(true);
    expect(proxy.faults).toBeGreaterThan(5);
  });

  test('never ends a download early without an error', async () => {
    const digest = await clients[1].pushBlob(name, randomBytes(20 * MIB));
    let count = 0;
    proxy.fail(({ method }) => {
      if (method !== 'GET') return null;
      count += 1;
      return count === 1 ? { kind: 'cut', afterBytes: MIB } : { kind: 'status', status: 503 };
    });
    await expect(clients[0].send('GET', path(digest))).rejects.toThrow();
  }, 60_000);

  test('believes a confirmed write more than a stale HEAD', async () => {
    proxy.fail(({ method, url = '' }) =>
      method === 'HEAD' && url.includes('/blobs/') ? { kind: 'status', status: 404 } : null,
    );
    const bytes = randomBytes(9 * MIB + 1);
    const digest = await clients[0].pushBlob(name, bytes);
    proxy.heal();
    expect((await clients[1].send('GET', path(digest))).body.equals(bytes)).toBe(true);
  });

  const findObjectPath = async (digest: string) => {
    const { objectKey = '' } = (await sites.one.app.db.blobObject.findFirst({ where: { sha256: digest } })) ?? {};
    return join(sites.server.folder, sites.settings.S3_PREFIX ?? '', objectKey);
  };

  test('never serves damaged bytes as whole, finds them when scrubbing, and heals by a push', async () => {
    const { app } = sites.two;
    const bytes = randomBytes(300_000);
    const digest = await clients[0].pushBlob(name, bytes);
    const damaged = Buffer.from(bytes);
    damaged[1234] = (damaged[1234] ?? 0) ^ 1;
    await writeFile(await findObjectPath(digest), damaged);
    await expect(clients[1].send('GET', path(digest))).rejects.toThrow();
    const scrub = await scrubBlobs(app, { before: new Date(Date.now() + HOUR_MS), bytesPerSecond: 1e9 });
    expect(scrub).toMatchObject({ corrupt: 1, damaged: [{ digest, damage: 'corrupt' }] });
    await clients[1].pushBlob(name, bytes);
    expect((await clients[1].send('GET', path(digest))).body.equals(bytes)).toBe(true);
    expect(await verifyStore(app)).toMatchObject({ missing: 0, wrongSize: 0 });
  });

  test('answers 404 for a blob whose object is gone, until it is pushed again', async () => {
    const bytes = randomBytes(5000);
    const digest = await clients[0].pushBlob(name, bytes);
    const { objectKey = '' } = (await sites.one.app.db.blobObject.findFirst({ where: { sha256: digest } })) ?? {};
    await sites.removeObject(objectKey);
    expect(await clients[1].send('GET', path(digest))).toMatchObject({ status: 404, codes: ['BLOB_UNKNOWN'] });
    expect(await verifyStore(sites.two.app)).toMatchObject({ missing: 1 });
    await clients[1].pushBlob(name, bytes);
    expect((await clients[1].send('GET', path(digest))).body.equals(bytes)).toBe(true);
    expect(await verifyStore(sites.two.app)).toMatchObject({ missing: 0 });
  });
});
