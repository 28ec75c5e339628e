// Tests full, inode-less and read-only disks with a small in-memory file system under the blobs.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { readSiteHealth } from '#lib/api/read-site-health.ts';
import { ensureWritableFolder } from '#lib/platform/files.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { CAN_MOUNT, MOUNT_NOTE, mountSmallDisk, unmountSmallDisk } from '#lib/testing/servers/small-disk.ts';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';

const MIB = 1024 * 1024;

let folder = '';
let site: TestApp;
let client: RawClient;
let name: string;

afterEach(async () => {
  await site.close();
  unmountSmallDisk(folder);
});

async function openSite(options: string, env: Record<string, string> = {}): Promise<void> {
  folder = mountSmallDisk(options);
  site = await createTestApp({ DATA_DIR: folder, ...env });
  const ada = await site.createUser();
  client = createRawClient(site.url, basic(ada.token));
  name = `${ada.alias}/tool`;
}

const staged = () => readdirSync(join(folder, 'uploads'));
const post = (digest: string, body: Buffer) =>
  client.send('POST', `/v2/${name}/blobs/uploads/?digest=${digest}`, { body });

async function expectPullable(digest: string, bytes: Buffer): Promise<void> {
  const { status, body } = await client.send('GET', `/v2/${name}/blobs/${digest}`);
  expect({ status, isWhole: body.equals(bytes) }).toEqual({ status: 200, isWhole: true });
}

describe.skipIf(!CAN_MOUNT)(`a faulty disk${MOUNT_NOTE}`, () => {
  test('when full, answers pushes with 507 until space is freed, and still serves pulls', async () => {
    await openSite('size=4m');
    const small = randomBytes(MIB);
    const smallDigest = await client.pushBlob(name, small);
    const large = randomBytes(5 * MIB);
    expect(await post(sha256(large), large)).toMatchObject({ status: 507, codes: ['DENIED'] });
    expect(staged()).toEqual([]);
    const location = await client.startUpload(name);
    expect((await client.send('PATCH', location, { body: large.subarray(0, 1000) })).status).toBe(202);
    expect(await client.send('PATCH', location, { body: large })).toMatchObject({ status: 507, codes: ['DENIED'] });
    // The failed request left the upload unchanged, so the client can continue.
    expect((await client.send('GET', location)).headers.range).toBe('0-999');
    await expectPullable(smallDigest, small);
    const headers = { 'content-type': OCI_IMAGE_INDEX };
    const body = JSON.stringify({ schemaVersion: 2, manifests: [] });
    expect((await client.send('PUT', `/v2/${name}/manifests/v1`, { headers, body })).status).toBe(201);

    writeFileSync(join(folder, 'filler'), randomBytes(1000));
    expect(() =>
      execFileSync('dd', ['if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=64k'], { stdio: 'ignore' }),
    ).toThrow();
    // The check behind /readyz.
    expect(() => ensureWritableFolder(folder, 'DATA_DIR')).toThrow(/full/);
    const more = randomBytes(MIB / 2);
    expect(await post(sha256(more), more)).toMatchObject({ status: 507, codes: ['DENIED'] });
    await expectPullable(smallDigest, small);
    expect(await collectGarbage(site.app, { isThorough: true })).toMatchObject({ blobs: { removed: 0 } });

    rmSync(join(folder, 'filler'));
    ensureWritableFolder(folder, 'DATA_DIR');
    expect((await client.send('PATCH', location, { body: large.subarray(1000, 2000) })).status).toBe(202);
    const digest = sha256(large.subarray(0, 2000));
    expect((await client.send('PUT', `${location}?digest=${digest}`)).status).toBe(201);
    await expectPullable(digest, large.subarray(0, 2000));
  });

  test('at its reserve, answers uploads of known or unknown size with 507, and still serves pulls', async () => {
    await openSite('size=8m', { DISK_RESERVE: '2MB' });
    const freeBytes = () => {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    };
    const first = randomBytes(3 * MIB);
    const digest = await client.pushBlob(name, first);
    const location = await client.startUpload(name);
    const other = await client.startUpload(name);
    expect((await client.send('PATCH', location, { body: first.subarray(0, 1000) })).status).toBe(202);

    const more = randomBytes(4 * MIB);
    const full = { status: 507, codes: ['DENIED'] };
    const chunked = { 'transfer-encoding': 'chunked' };
    expect(await post(sha256(more), more)).toMatchObject(full);
    expect(await client.send('PATCH', location, { body: more })).toMatchObject(full);
    expect(await client.send('PATCH', location, { headers: chunked, body: more })).toMatchObject(full);
    expect(await client.send('PUT', `${other}?digest=${sha256(more)}`, { headers: chunked, body: more })).toMatchObject(
      full,
    );
    expect((await client.send('GET', location)).headers.range).toBe('0-999');
    expect(freeBytes()).toBeGreaterThan(2 * MIB);

    // Another program fills the disk, which is checked once a second. Received uploads can be finished, but no new ones
    // started.
    writeFileSync(join(folder, 'filler'), randomBytes(freeBytes() - MIB));
    const headers = { 'content-type': OCI_IMAGE_INDEX };
    const manifest = { headers, body: JSON.stringify({ schemaVersion: 2, manifests: [] }) };
    const start = () => client.send('POST', `/v2/${name}/blobs/uploads/`);
    await expect.poll(start, { timeout: 10_000 }).toMatchObject(full);
    expect(await client.send('PATCH', location, { body: 'x' })).toMatchObject(full);
    expect(await client.send('PUT', `/v2/${name}/manifests/v1`, manifest)).toMatchObject(full);
    await expectPullable(digest, first);
    const small = sha256(first.subarray(0, 1000));
    expect((await client.send('PUT', `${location}?digest=${small}`)).status).toBe(201);
    const { caller } = await site.createUser({ role: 'admin' });
    expect(await readSiteHealth(site.app, { caller })).toMatchObject({
      blobStore: { problem: expect.stringContaining('storage is full') as string },
      disk: { reserveBytes: 2 * MIB },
    });
    ensureWritableFolder(folder, 'DATA_DIR');

    rmSync(join(folder, 'filler'));
    expect((await client.send('PUT', `/v2/${name}/manifests/v1`, manifest)).status).toBe(201);
    await client.pushBlob(name, randomBytes(MIB));
  });

  test('out of inodes, answers pushes with 507, and still serves pulls', async () => {
    await openSite('size=4m,nr_inodes=40');
    const bytes = randomBytes(1000);
    const digest = await client.pushBlob(name, bytes);
    const fill = () => {
      for (let i = 0; i < 100; i += 1) writeFileSync(join(folder, `filler-${i}`), '');
    };
    expect(fill).toThrow(/ENOSPC/);
    expect(await post(sha256('x'), Buffer.from('x'))).toMatchObject({ status: 507, codes: ['DENIED'] });
    const location = await client.startUpload(name);
    expect(await client.send('PATCH', location, { body: 'x' })).toMatchObject({ status: 507, codes: ['DENIED'] });
    expect(await site.app.db.upload.count()).toBe(0);
    await expectPullable(digest, bytes);
    for (const file of readdirSync(folder)) if (file.startsWith('filler')) rmSync(join(folder, file));
    await client.pushBlob(name, randomBytes(10));
  });

  test('when read-only, serves pulls, answers pushes with 503, and loses nothing to garbage collection', async () => {
    await openSite('size=4m');
    site.app.config.gcGraceSeconds = 0;
    const bytes = randomBytes(1000);
    const digest = await client.pushBlob(name, bytes);
    const location = await client.startUpload(name);
    const garbage = await client.pushBlob(name, 'garbage');
    await client.send('DELETE', `/v2/${name}/blobs/${garbage}`);
    await site.app.db.blobReview.updateMany({ data: { queuedAt: new Date(0) } });
    const collect = async () => (await collectGarbage(site.app, { isThorough: false })).blobs;
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    expect(await post(sha256('x'), Buffer.from('x'))).toMatchObject({ status: 503, codes: ['UNAVAILABLE'] });
    expect(await client.send('PATCH', location, { body: 'x' })).toMatchObject({
      status: 503,
      codes: ['UNAVAILABLE'],
    });
    await expectPullable(digest, bytes);
    expect(await collect()).toMatchObject({ reviewed: 1, removed: 0 });
    expect(() => ensureWritableFolder(folder, 'DATA_DIR')).toThrow(/can't be written to/);
    execFileSync('mount', ['-o', 'remount,rw', folder]);
    await site.app.db.blobReview.updateMany({ data: { queuedAt: new Date(0) } });
    expect(await collect()).toMatchObject({ reviewed: 2, removed: 2 });
    expect((await client.send('PATCH', location, { body: 'x' })).status).toBe(202);
    expect((await client.send('PUT', `${location}?digest=${sha256('x')}`)).status).toBe(201);
  });
});
