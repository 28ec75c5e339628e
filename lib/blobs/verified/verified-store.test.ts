import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { beforeEach, expect, it } from 'vitest';
import { keyOf, stageBytes } from '#lib/blobs/blob-store.contract.ts';
import { BlobStoreDecorator } from '#lib/blobs/blob-store-decorator.ts';
import {
  damagedBlob,
  openBytes,
  type BlobBytes,
  type BlobKey,
  type BlobStore,
  type OpenedBlob,
} from '#lib/blobs/blob-store.ts';
import { HotStore } from '#lib/blobs/hot/hot-store.ts';
import { MemoryStaging } from '#lib/blobs/memory/memory-staging.ts';
import { MemoryStore } from '#lib/blobs/memory/memory-store.ts';
import { VerifiedStore, type OnDamage } from './verified-store.ts';

const BYTES = randomBytes(300_000);
const KEY = keyOf(BYTES);
const WHOLE = { start: 0, end: BYTES.length - 1 };

class Reader extends Writable {
  bytes = Buffer.alloc(0);
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    done();
  }
}

let staging: MemoryStaging;
let inner: MemoryStore;
let store: VerifiedStore;
let damage: { sha256: string; isStillSo: () => Promise<boolean> }[];
beforeEach(() => {
  staging = new MemoryStaging();
  inner = new MemoryStore(staging);
  damage = [];
  store = verify(inner);
});

function verify(decorated: BlobStore): VerifiedStore {
  const onDamage: OnDamage = ({ key: { sha256 }, isStillSo }) => {
    damage.push({ sha256, isStillSo });
    return Promise.resolve();
  };
  return new VerifiedStore(decorated, { onDamage });
}

async function open(): Promise<BlobBytes> {
  const blob = await openBytes(store, KEY);
  if (!blob) throw new Error("The blob doesn't exist.");
  return blob;
}

async function read(range: { start: number; end: number } | null = null): Promise<Buffer> {
  const blob = await open();
  const reader = new Reader();
  await blob.copyTo(reader, range).finally(() => blob.close());
  return reader.bytes;
}

it('hashes a blob on its first read, and again after its version changes', async () => {
  inner.overwrite(KEY, BYTES);
  expect((await read()).equals(BYTES)).toBe(true);
  // One hashing pass, then the bytes before the end, then the end.
  expect(inner.copies).toBe(3);
  expect((await read(WHOLE)).equals(BYTES)).toBe(true);
  expect(inner.copies).toBe(4);
  inner.overwrite(KEY, BYTES);
  await read();
  expect(inner.copies).toBe(7);
  expect(damage).toEqual([]);
});

it('doesn’t rehash a blob that was hashed when it was stored', async () => {
  await store.put(KEY, await stageBytes(staging, BYTES));
  await read();
  expect(inner.copies).toBe(1);
});

it('doesn’t hash a blob for a range read', async () => {
  inner.overwrite(KEY, BYTES);
  expect((await read({ start: 0, end: BYTES.length - 2 })).length).toBe(BYTES.length - 1);
  expect(inner.copies).toBe(1);
});

it('never serves the end of a damaged blob, and reports the damage once', async () => {
  inner.overwrite(KEY, randomBytes(BYTES.length));
  const readings = Array.from({ length: 6 }, async (_, i) => {
    const reader = new Reader();
    const blob = await open();
    await expect(blob.copyTo(reader, i % 2 === 0 ? null : WHOLE)).rejects.toMatchObject({ code: 'blob_not_found' });
    return reader;
  });
  for (const { bytes } of await Promise.all(readings)) expect(bytes.length).toBeLessThan(BYTES.length);
  // One hashing pass shared by all readers.
  expect(inner.copies).toBe(7);
  expect(damage).toMatchObject([{ sha256: KEY.sha256 }]);
  expect(await damage[0]?.isStillSo()).toBe(true);
});

it('treats a blob found damaged as missing until it is stored again', async () => {
  inner.overwrite(KEY, randomBytes(BYTES.length));
  await expect(read()).rejects.toMatchObject({ code: 'blob_not_found' });
  expect(await store.open(KEY)).toBeNull();
  expect(store.openCached(KEY)).toBeNull();
  expect(await store.stat(KEY)).toBeNull();
  expect(await store.open(KEY, { isRaw: true })).toMatchObject({ sizeBytes: BYTES.length });
  await store.put(KEY, await stageBytes(staging, BYTES));
  expect(await damage[0]?.isStillSo()).toBe(false);
  expect((await read()).equals(BYTES)).toBe(true);
});

it('detects damage that occurs after the blob was cached', async () => {
  store = verify(new HotStore(inner));
  await store.put(KEY, await stageBytes(staging, BYTES));
  for (let time = 0; time < 3; time += 1) expect((await read()).equals(BYTES)).toBe(true);
  inner.overwrite(KEY, randomBytes(BYTES.length));
  await expect(read()).rejects.toMatchObject({ code: 'blob_not_found' });
  expect(damage).toMatchObject([{ sha256: KEY.sha256 }]);
});

it('keeps hashing while readers remain, and stops with the last one', async () => {
  inner.overwrite(KEY, BYTES);
  const [first, second] = [new Reader(), new Reader()];
  const blob = await open();
  const leaving = blob.copyTo(first, null);
  const staying = (await open()).copyTo(second, null);
  first.destroy();
  await expect(leaving).rejects.toMatchObject({ code: 'unavailable' });
  await blob.close();
  await staying;
  expect(second.bytes.equals(BYTES)).toBe(true);

  inner.overwrite(KEY, randomBytes(BYTES.length));
  const alone = await open();
  const third = new Reader();
  const copying = alone.copyTo(third, null);
  third.destroy();
  await expect(copying).rejects.toMatchObject({ code: 'unavailable' });
  await alone.close();
  // No reader waited for the end.
  expect(damage).toEqual([]);
});

it('forwards a redirect', async () => {
  const redirect: OpenedBlob = { kind: 'redirect', url: 'https://blobs.test/1' };
  inner.open = () => Promise.resolve(redirect as never);
  expect(await store.open(KEY, { mayRedirect: true })).toBe(redirect);
});

it('reports damage once that the store notices by itself, as sealed storage does', async () => {
  let isRotten = false;
  class RottenStore extends BlobStoreDecorator {
    override async open(key: BlobKey): Promise<OpenedBlob | null> {
      const blob = await openBytes(this.inner, key);
      if (!blob || !isRotten) return blob;
      return { ...blob, copyTo: () => Promise.reject(damagedBlob()) };
    }
  }
  inner.overwrite(KEY, BYTES);
  store = verify(new RottenStore(inner));
  expect((await read()).equals(BYTES)).toBe(true);
  isRotten = true;
  const [one, two] = [await open(), await open()];
  for (const blob of [one, two]) {
    await expect(blob.copyTo(new Reader(), { start: 5, end: 10 })).rejects.toMatchObject({ code: 'blob_not_found' });
  }
  expect(damage.map(({ sha256 }) => sha256)).toEqual([KEY.sha256]);
  expect(await damage[0]?.isStillSo()).toBe(true);
  expect(await store.open(KEY)).toBeNull();
});
