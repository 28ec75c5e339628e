// Moves a site's blobs from disk to S3 and back, beside running servers.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDisk } from '#lib/blobs/disk/open-disk.ts';
import { blobPath } from '#lib/blobs/disk/paths.ts';
import { siteBlob } from '#lib/blobs/blob-store.ts';
import { openS3, type S3 } from '#lib/blobs/s3/open-s3.ts';
import { readConfig } from '#lib/config.ts';
import { copyStore } from '#lib/distribution/integrity/copy-store.ts';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { findS3Server, startS3, type S3Server } from '#lib/testing/s3/start-s3.ts';

const MIB = 1024 * 1024;
const { absent } = await findS3Server();
const title = absent ? `blobs copy (skipped: ${absent})` : 'blobs copy';

describe.skipIf(absent !== null)(title, () => {
  let server: S3Server;
  let site: TestApp;
  let client: RawClient;
  let name: string;
  let authorization: string;
  let settings: Record<string, string>;
  let s3: S3;
  const contents = [Buffer.alloc(0), randomBytes(1000), randomBytes(100_000), randomBytes(20 * MIB)];
  const digests: string[] = [];
  beforeAll(async () => {
    server = await startS3();
    site = await createTestApp();
    const ada = await site.createUser();
    name = `${ada.alias}/tool`;
    authorization = basic(ada.token);
    client = createRawClient(site.url, authorization);
    for (const bytes of contents) digests.push(await client.pushBlob(name, bytes));
    settings = { ...server.settings, S3_PREFIX: randomUUID() };
    s3 = await openBucket(settings);
  });
  afterAll(async () => {
    await site.close();
    await server.stop();
  });

  const openSiteDisk = () => openDisk(site.app.config.dataDir, { reserveBytes: 0 });
  async function openBucket(env: Record<string, string>): Promise<S3> {
    const { s3: config } = readConfig(env);
    if (!config) throw new Error('no bucket is set');
    return openS3(config, { pool: site.app.pool, dataDir: site.app.config.dataDir, reserveBytes: 0 });
  }

  test('copies all blobs to S3, with those that arrive meanwhile, and resumes', async () => {
    const arriving: Promise<string>[] = [];
    const late = randomBytes(50_000);
    const interrupted = copyStore(site.app, {
      from: await openSiteDisk(),
      to: s3,
      onProgress: () => {
        throw new Error('interrupted');
      },
    });
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(await s3.volume.readSiteId()).toBeNull();
    const onProgress = () => {
      if (arriving.length === 0) arriving.push(client.pushBlob(name, late));
    };
    const copy = await copyStore(site.app, { from: await openSiteDisk(), to: s3, onProgress });
    digests.push(...(await Promise.all(arriving)));
    contents.push(late);
    const rest = await copyStore(site.app, { from: await openSiteDisk(), to: s3 });
    expect(copy.present).toBe(1);
    expect(copy.copied + rest.copied).toBe(contents.length - 1);
    expect(rest).toMatchObject({ damaged: 0, gone: 0 });
    expect(await verifyStore({ pool: site.app.pool, blobs: s3.store })).toMatchObject({ missing: 0, wrongSize: 0 });
  });

  const serveFromS3 = () =>
    createTestApp({ ...settings, DATABASE_URL: site.app.config.databaseUrl ?? '', DATA_DIR: site.app.config.dataDir });

  test('a server on S3 then serves them, and a copy to disk has what it received', async () => {
    const moved = await serveFromS3();
    const onS3 = createRawClient(moved.url, authorization);
    for (const [i, digest] of digests.entries()) {
      const { body } = await onS3.send('GET', `/v2/${name}/blobs/${digest}`);
      expect(body.equals(contents[i] ?? Buffer.from('?'))).toBe(true);
    }
    const bytes = randomBytes(11 * MIB);
    const digest = await onS3.pushBlob(name, bytes);
    const dataDir = await mkdtemp(join(tmpdir(), 'vitrine-copy-'));
    const disk = await openDisk(dataDir, { reserveBytes: 0 });
    const copy = await copyStore(site.app, { from: s3, to: disk });
    expect(copy).toMatchObject({ copied: contents.length + 1, damaged: 0 });
    expect(await verifyStore({ pool: site.app.pool, blobs: disk.store })).toMatchObject({ missing: 0, wrongSize: 0 });
    expect(await disk.volume.readSiteId()).toBe(await site.app.volume.readSiteId());
    expect(await disk.store.stat(siteBlob(digest as Digest))).toMatchObject({ sizeBytes: bytes.length });
    disk.volume.close();
    await rm(dataDir, { recursive: true });
    await moved.close();
  });

  test('leaves damaged blobs out and names them', async () => {
    const digest = (await client.pushBlob(name, randomBytes(2000))) as Digest;
    await writeFile(blobPath(site.app.config.dataDir, siteBlob(digest)), randomBytes(2000));
    const copy = await copyStore(site.app, { from: await openSiteDisk(), to: s3 });
    expect(copy).toMatchObject({ copied: 0, damaged: 1, damagedDigests: [digest] });
    expect(await s3.store.stat(siteBlob(digest))).toBeNull();
    await client.pushBlob(name, randomBytes(2000));
  });

  test('refuses storage of another site', async () => {
    const other = await openBucket({ ...settings, S3_PREFIX: 'other' });
    await other.volume.joinSite(randomUUID());
    const copying = copyStore(site.app, { from: await openSiteDisk(), to: other });
    await expect(copying).rejects.toMatchObject({ code: 'conflict', message: /Another site uses the bucket/ });
    const back = copyStore(site.app, { from: other, to: await openSiteDisk() });
    await expect(back).rejects.toMatchObject({ code: 'conflict' });
  });
});
