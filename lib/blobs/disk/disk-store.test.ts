import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Digest } from '#lib/oci/digest.ts';
import { describeBlobIntake } from '#lib/blobs/blob-intake.contract.ts';
import { describeBlobStore, sha256Of, streamOf } from '#lib/blobs/blob-store.contract.ts';
import { openDiskStore, type DiskStore } from './disk-store.ts';
import { blobPath, uploadPath } from './paths.ts';
import { readBlob } from '#lib/blobs/read-blob.ts';
import { toStorageError } from './storage-errors.ts';
import type { OnDamage } from '#lib/blobs/verified/verified-reads.ts';

const ANYWHERE = { offsetBytes: null, expectedBytes: null };
const noDamage = ({ sha256 }: { sha256: Digest }) => Promise.reject(new Error(`${sha256} was found damaged`));

async function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'vitrine-blobs-'));
}

async function openStoreUnderTest() {
  const dataDir = await makeFolder();
  return { store: await openDiskStore(dataDir, { onDamage: noDamage }), close: () => rm(dataDir, { recursive: true }) };
}

describeBlobStore('DiskStore', openStoreUnderTest);
describeBlobIntake('DiskStore', openStoreUnderTest);

describe('DiskStore', () => {
  async function openStore(onDamage: OnDamage = noDamage) {
    const dataDir = await makeFolder();
    onTestFinished(() => rm(dataDir, { recursive: true }));
    return { dataDir, store: await openDiskStore(dataDir, { onDamage }) };
  }

  async function add(store: DiskStore, bytes: Buffer): Promise<Digest> {
    const id = randomUUID();
    await store.stage(id);
    await store.append(id, streamOf(bytes), ANYWHERE);
    return (await store.commit(id, sha256Of(bytes))).sha256;
  }

  it('goes on with an upload after a restart, bytes and hash', async () => {
    const { dataDir, store } = await openStore();
    const bytes = randomBytes(300_000);
    const id = randomUUID();
    await store.stage(id);
    await store.append(id, streamOf(bytes.subarray(0, 123_456)), ANYWHERE);

    const restarted = await openDiskStore(dataDir, { onDamage: noDamage });
    expect(await restarted.stagedBytes(id)).toBe(123_456);
    await restarted.append(id, streamOf(bytes.subarray(123_456)), ANYWHERE);
    const again = await openDiskStore(dataDir, { onDamage: noDamage });
    expect(await again.commit(id, sha256Of(bytes))).toMatchObject({ sizeBytes: 300_000 });
  });

  it('does not trust a hash of bytes that are no longer there', async () => {
    const { dataDir, store } = await openStore();
    const id = randomUUID();
    await store.stage(id);
    await store.append(id, streamOf(Buffer.from('12345')), ANYWHERE);
    await truncate(uploadPath(dataDir, id), 3);
    await store.commit(id, sha256Of(Buffer.from('123')));
  });

  it('does not trust a hash once something else has written as many bytes', async () => {
    const { dataDir, store } = await openStore();
    const id = randomUUID();
    await store.stage(id);
    await store.append(id, streamOf(Buffer.from('12345')), ANYWHERE);
    await sleep(20);
    await writeFile(uploadPath(dataDir, id), '54321', { flag: 'r+' });
    await expect(store.commit(id, sha256Of(Buffer.from('12345')))).rejects.toMatchObject({ code: 'digest_mismatch' });
    await store.commit(id, sha256Of(Buffer.from('54321')));
  });

  it('leaves a good blob as it is when the same bytes come again, and forgets those', async () => {
    const { dataDir, store } = await openStore();
    const bytes = randomBytes(1000);
    const path = blobPath(dataDir, await add(store, bytes));
    const { ino } = await stat(path);
    await add(store, bytes);
    // Another process, which has hashed nothing of it yet.
    await add(await openDiskStore(dataDir, { onDamage: noDamage }), bytes);
    expect((await stat(path)).ino).toBe(ino);
    expect(await readdir(join(dataDir, 'uploads'))).toEqual([]);
  });

  it('replaces a damaged blob, but not by bytes that changed after they were hashed', async () => {
    const { dataDir, store } = await openStore(() => Promise.resolve());
    const bytes = randomBytes(1000);
    const path = blobPath(dataDir, await add(store, bytes));
    await writeFile(path, randomBytes(1000));
    const id = randomUUID();
    const intake = await store.startIntake(sha256Of(bytes), bytes.length);
    await intake.append(streamOf(bytes));
    const [staged] = await readdir(join(dataDir, 'uploads'));
    await writeFile(join(dataDir, 'uploads', staged ?? ''), randomBytes(1000), { flag: 'r+' });
    await expect(intake.commit()).rejects.toMatchObject({ code: 'unavailable' });
    await intake.close();
    await store.stage(id);
    await store.append(id, streamOf(bytes), ANYWHERE);
    await store.commit(id, sha256Of(bytes));
    expect(await readFile(path)).toEqual(bytes);
  });

  it('never overwrites an upload of the same id', async () => {
    const { store } = await openStore();
    const id = randomUUID();
    await store.stage(id);
    await expect(store.stage(id)).rejects.toThrow();
  });

  it('makes no path from anything but digests and UUIDs', async () => {
    const { dataDir, store } = await openStore();
    for (const id of ['..', '../x', '', 'a/b', `${randomUUID()}/..`]) {
      await expect(store.stage(id)).rejects.toThrow(TypeError);
    }
    expect(() => store.open('sha256:../../etc/passwd' as Digest)).toThrow(TypeError);
    expect(await readdir(join(dataDir, 'uploads'))).toEqual([]);
  });

  it.each([1_000_000, 3_000_000])(
    'fails, and does not send too little, when a file was cut short: %i',
    async (size) => {
      const { dataDir, store } = await openStore();
      const sha256 = await add(store, randomBytes(size));
      const blob = await store.open(sha256);
      await truncate(blobPath(dataDir, sha256), 10);
      const reader = new Writable({ write: (_chunk, _encoding, done) => done() });
      await expect(blob?.copyTo(reader, null)).rejects.toMatchObject({ code: 'unavailable' });
      await blob?.close();
    },
  );

  it('gives nothing of what it has in memory once somebody has written to the file', async () => {
    const damaged: Digest[] = [];
    const { dataDir, store } = await openStore(({ sha256 }) => {
      damaged.push(sha256);
      return Promise.resolve();
    });
    const bytes = randomBytes(10_000);
    const sha256 = await add(store, bytes);
    const readAll = async () => {
      const blob = await store.open(sha256);
      return blob && readBlob(blob, bytes.length);
    };
    for (let time = 0; time < 3; time += 1) expect(await readAll()).toEqual(bytes);
    await writeFile(blobPath(dataDir, sha256), randomBytes(10_000));
    await expect(readAll()).rejects.toMatchObject({ code: 'blob_not_found' });
    expect(damaged).toEqual([sha256]);
    expect(await readAll()).toBeNull();
  });

  it('says in one sentence that its folder is not one', async () => {
    const dataDir = await makeFolder();
    onTestFinished(() => rm(dataDir, { recursive: true }));
    await mkdir(join(dataDir, 'blobs'));
    await writeFile(join(dataDir, 'blobs', 'sha256'), '');
    await expect(openDiskStore(dataDir, { onDamage: noDamage })).rejects.toThrow();
  });

  it.each([
    ['ENOSPC', 'storage_full'],
    ['EDQUOT', 'storage_full'],
    ['EROFS', 'unavailable'],
    ['EACCES', 'unavailable'],
  ])('says %s as %s', (code, expected) => {
    expect(toStorageError(Object.assign(new Error(code), { code }))).toMatchObject({ code: expected });
  });
});
