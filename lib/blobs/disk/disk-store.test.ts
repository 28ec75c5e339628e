import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { keyOf, sha256Of, stageBytes, streamOf } from '#lib/blobs/blob-store.contract.ts';
import { openBytes, siteBlob } from '#lib/blobs/blob-store.ts';
import { Intake } from '#lib/blobs/intake.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { openDisk } from './open-disk.ts';
import { blobPath, uploadPath } from './paths.ts';
import { toStorageError } from './storage-errors.ts';

const ANYWHERE = { offsetBytes: null, expectedBytes: null };

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-blobs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function open() {
  const dataDir = await makeFolder();
  const { store, staging, volume } = await openDisk(dataDir, { reserveBytes: null });
  return { dataDir, store, staging, volume, intake: new Intake({ store, staging, room: volume }) };
}

async function begin(intake: Intake, bytes: Buffer) {
  const writer = { id: randomUUID(), fence: 0n };
  await intake.begin(writer.id);
  await intake.append(writer, streamOf(bytes), ANYWHERE);
  return writer;
}

it('rehashes a staged file whose bytes have changed', async () => {
  const { dataDir, intake } = await open();
  const writer = await begin(intake, Buffer.from('12345'));
  await truncate(uploadPath(dataDir, writer.id), 3);
  const finishing = intake.finish(writer, { digest: sha256Of(Buffer.from('123')), scope: 'site' });
  expect(await finishing).toEqual({ sha256: sha256Of(Buffer.from('123')), sha512: null, sizeBytes: 3 });
});

it('rehashes a staged file overwritten with the same number of bytes', async () => {
  const { dataDir, intake } = await open();
  const writer = await begin(intake, Buffer.from('12345'));
  const path = uploadPath(dataDir, writer.id);
  await writeFile(path, '54321', { flag: 'r+' });
  // File timestamps may be too coarse to change since the append.
  await utimes(path, 1, 1);
  const finish = (text: string) => intake.finish(writer, { digest: sha256Of(Buffer.from(text)), scope: 'site' });
  await expect(finish('12345')).rejects.toMatchObject({ code: 'digest_mismatch' });
  expect(await finish('54321')).toMatchObject({ sha256: sha256Of(Buffer.from('54321')) });
});

it('keeps the file of an intact blob when the same bytes are put again', async () => {
  const { dataDir, store, staging } = await open();
  const bytes = randomBytes(1000);
  const key = keyOf(bytes);
  const version = await store.put(key, await stageBytes(staging, bytes));
  const { ino } = await stat(blobPath(dataDir, key));
  await store.put(key, await stageBytes(staging, bytes));
  await store.put(key, await stageBytes(staging, bytes), { trustedVersion: version ?? undefined });
  // Simulates another process.
  const other = await openDisk(dataDir, { reserveBytes: null });
  await other.store.put(key, await stageBytes(other.staging, bytes));
  expect((await stat(blobPath(dataDir, key))).ino).toBe(ino);
  expect(await readdir(join(dataDir, 'uploads'))).toEqual([]);
});

it('replaces a damaged blob, but not with bytes that changed after they were written', async () => {
  const { dataDir, store, staging, intake } = await open();
  const bytes = randomBytes(1000);
  const key = keyOf(bytes);
  await store.put(key, await stageBytes(staging, bytes));
  await writeFile(blobPath(dataDir, key), randomBytes(1000));
  const incoming = await intake.receive({ digest: key.sha256, scope: 'site', sizeBytes: bytes.length });
  await incoming.append(streamOf(bytes));
  const [staged] = await readdir(join(dataDir, 'uploads'));
  await writeFile(join(dataDir, 'uploads', staged ?? ''), randomBytes(1000), { flag: 'r+' });
  await expect(incoming.commit()).rejects.toMatchObject({ code: 'unavailable' });
  await incoming.close();
  await store.put(key, await stageBytes(staging, bytes));
  expect(await readFile(blobPath(dataDir, key))).toEqual(bytes);
});

it('builds paths from digests and UUIDs only', async () => {
  const { dataDir, store, staging } = await open();
  for (const id of ['..', '../x', '', 'a/b', `${randomUUID()}/..`]) {
    await expect(staging.create(id)).rejects.toThrow(TypeError);
  }
  await expect(store.open(siteBlob('sha256:../../etc/passwd' as Digest))).rejects.toThrow(TypeError);
  expect(await readdir(join(dataDir, 'uploads'))).toEqual([]);
});

it.each([1_000_000, 3_000_000])('fails on a truncated file instead of sending too few bytes: %i', async (size) => {
  const { dataDir, store, staging } = await open();
  const bytes = randomBytes(size);
  await store.put(keyOf(bytes), await stageBytes(staging, bytes));
  const blob = await openBytes(store, keyOf(bytes));
  await truncate(blobPath(dataDir, keyOf(bytes)), 10);
  const reader = new Writable({ write: (_chunk, _encoding, done) => done() });
  await expect(blob?.copyTo(reader, null)).rejects.toMatchObject({ code: 'unavailable' });
  await blob?.close();
});

it('distinguishes a missing blob from a missing disk', async () => {
  const { dataDir, store, volume } = await open();
  const key = keyOf(Buffer.from('nobody pushed this'));
  await volume.joinSite(randomUUID());
  expect(await store.open(key)).toBeNull();
  expect(await store.stat(key)).toBeNull();
  await rm(join(dataDir, 'blobs'), { recursive: true });
  await expect(store.open(key)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(store.stat(key)).rejects.toMatchObject({ code: 'unavailable' });
});

it('fails to open when its folder is a file', async () => {
  const dataDir = await makeFolder();
  await mkdir(join(dataDir, 'blobs'));
  await writeFile(join(dataDir, 'blobs', 'sha256'), '');
  await expect(openDisk(dataDir, { reserveBytes: null })).rejects.toThrow(/EEXIST|not available/);
});

it.each([
  ['ENOSPC', 'storage_full'],
  ['EDQUOT', 'storage_full'],
  ['EROFS', 'unavailable'],
  ['EACCES', 'unavailable'],
])('translates %s to %s', (code, expected) => {
  expect(toStorageError(Object.assign(new Error(code), { code }))).toMatchObject({ code: expected });
});
