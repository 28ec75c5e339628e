import { createHash, createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openBytes, type BlobBytes, type BlobKey } from '#lib/blobs/blob-store.ts';
import { keyOf, stageBytes, streamOf } from '#lib/blobs/blob-store.contract.ts';
import { MemoryStaging } from '#lib/blobs/memory/memory-staging.ts';
import { MemoryStore } from '#lib/blobs/memory/memory-store.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { sealBytes } from './seal-bytes.ts';
import { HEADER_BYTES, SEALED_SEGMENT_BYTES, SEGMENT_BYTES, toPlainSize, toSealedSize } from './seal-format.ts';
import { sealStoredBlobs } from './seal-stored-blobs.ts';
import { SealedStaging } from './sealed-staging.ts';
import { SealedStore } from './sealed-store.ts';
import type { SealingKeys } from './sealing-keys.ts';
import { collect } from '#lib/blobs/to-writable.ts';

const sealing = { id: randomUUID(), key: createSecretKey(randomBytes(32)) };
const keys: SealingKeys & { isSealing: boolean } = {
  isSealing: true,
  newest: () => Promise.resolve(sealing),
  find: (id) => Promise.resolve(id === sealing.id ? { key: sealing.key, scope: 'site' } : null),
  isFresh: () => true,
};

function openSealed() {
  const staged = new MemoryStaging();
  const memory = new MemoryStore(staged);
  return { staged, memory, store: new SealedStore(memory, keys), staging: new SealedStaging(staged, keys) };
}

/** Stores `sealed` as the sealed bytes of `plain`. */
async function openStored(plain: Buffer, sealed: Buffer): Promise<BlobBytes> {
  const { memory, store } = openSealed();
  memory.overwrite({ sha256: keyOf(plain).sha256, scope: 'sealed' }, sealed);
  const blob = await openBytes(store, keyOf(plain));
  if (!blob) throw new Error('The blob is missing.');
  return blob;
}

const read = (blob: BlobBytes, range: ByteRange | null = null) => collect((reader) => blob.copyTo(reader, range));

it('reads every range of a small blob, and random ranges of a large one', async () => {
  const small = randomBytes(40);
  const blob = await openStored(small, sealBytes(sealing, small));
  for (let start = 0; start < small.length; start += 1) {
    for (let end = start; end < small.length; end += 1) {
      expect((await read(blob, { start, end })).equals(small.subarray(start, end + 1))).toBe(true);
    }
  }
  const plain = randomBytes(5 * SEGMENT_BYTES + 1234);
  const large = await openStored(plain, sealBytes(sealing, plain));
  const byte = fc.oneof(
    fc.nat(plain.length - 1),
    fc.tuple(fc.nat(5), fc.integer({ min: -2, max: 2 })).map(([segment, by]) => segment * SEGMENT_BYTES + by),
  );
  const range = fc.tuple(byte, byte).map((pair) => pair.map((at) => Math.min(plain.length - 1, Math.max(0, at))));
  await fc.assert(
    fc.asyncProperty(range, async ([a = 0, b = 0]) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      expect((await read(large, { start, end })).equals(plain.subarray(start, end + 1))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it.each([0, 1, 300])('refuses a blob of %i bytes with any byte changed', async (sizeBytes) => {
  const plain = randomBytes(sizeBytes);
  const sealed = sealBytes(sealing, plain);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
    const reading = openStored(plain, changed).then((blob) => read(blob));
    // A changed id names a key that doesn't exist.
    const code = at >= 12 && at < 28 ? 'unavailable' : 'blob_not_found';
    await expect(reading, `byte ${at}`).rejects.toMatchObject({ code });
  }
});

it('refuses a blob that was cut at or beside any boundary, or lengthened', async () => {
  const plain = randomBytes(3 * SEGMENT_BYTES);
  const sealed = sealBytes(sealing, plain);
  const boundaries = [0, 1, 2, 3].map((count) => HEADER_BYTES + count * SEALED_SEGMENT_BYTES);
  const cuts = boundaries.flatMap((at) => [-29, -28, -1, 0, 1, 28, 29].map((by) => at + by));
  for (const cut of [0, 1, ...cuts]) {
    if (cut >= sealed.length) continue;
    const blob = await openStored(plain, sealed.subarray(0, cut));
    await expect(read(blob), `cut to ${cut}`).rejects.toMatchObject({ code: 'blob_not_found' });
  }
  for (const extra of [1, 28, 29, SEALED_SEGMENT_BYTES]) {
    const blob = await openStored(plain, Buffer.concat([sealed, sealed.subarray(-extra)]));
    await expect(read(blob), `${extra} more`).rejects.toMatchObject({ code: 'blob_not_found' });
  }
});

it('refuses segments in another order, or of another blob', async () => {
  const plain = randomBytes(3 * SEGMENT_BYTES);
  const [sealed, other] = [sealBytes(sealing, plain), sealBytes(sealing, plain)];
  const segment = (bytes: Buffer, index: number) =>
    bytes.subarray(HEADER_BYTES + index * SEALED_SEGMENT_BYTES, HEADER_BYTES + (index + 1) * SEALED_SEGMENT_BYTES);
  const header = sealed.subarray(0, HEADER_BYTES);
  for (const segments of [
    [segment(sealed, 1), segment(sealed, 0), segment(sealed, 2)],
    [segment(sealed, 0), segment(other, 1), segment(sealed, 2)],
  ]) {
    const blob = await openStored(plain, Buffer.concat([header, ...segments]));
    await expect(read(blob)).rejects.toMatchObject({ code: 'blob_not_found' });
  }
});

it('keeps the plain bytes out of the store, while they arrive and afterwards', async () => {
  const { staged, memory, store, staging } = openSealed();
  const plain = Buffer.concat(Array.from({ length: 9_000 }, () => Buffer.from('a known layer ')));
  const known = plain.subarray(0, 14);
  const version = await stageBytes(staging, plain);
  expect(staged.files.get(version.id)?.bytes.includes(known)).toBe(false);
  await store.put(keyOf(plain), version);
  const blob = await openBytes(memory, { sha256: keyOf(plain).sha256, scope: 'sealed' });
  const stored = blob && (await read(blob));
  expect(stored?.length).toBe(toSealedSize(plain.length));
  expect(stored?.includes(known)).toBe(false);
});

it('reads, lists and deletes blobs that were stored unsealed', async () => {
  const { memory, store, staging } = openSealed();
  const [old, young] = [randomBytes(100), randomBytes(200)];
  memory.overwrite(keyOf(old), old);
  await store.put(keyOf(young), await stageBytes(staging, young));
  const blob = await openBytes(store, keyOf(old));
  expect(blob && (await read(blob)).equals(old)).toBe(true);
  expect(store.openCached(keyOf(old))).toMatchObject({ sizeBytes: 100 });
  const listed = [];
  for await (const { sha256, scope, sizeBytes } of store.list()) listed.push({ sha256, scope, sizeBytes });
  expect(listed).toEqual([
    { ...keyOf(old), sizeBytes: 100 },
    { ...keyOf(young), sizeBytes: 200 },
  ]);
  for (const bytes of [old, young]) {
    expect(await store.delete(keyOf(bytes))).toBe(true);
    expect(await store.open(keyOf(bytes))).toBeNull();
  }
});

it('reads blobs that another process has sealed, without sealing itself', async () => {
  const { memory, staged, staging, store } = openSealed();
  const reader = new SealedStore(memory, keys, { isSealing: false });
  const [mine, theirs] = [randomBytes(100), randomBytes(200)];
  await store.put(keyOf(theirs), await stageBytes(staging, theirs));
  await reader.put(keyOf(mine), await stageBytes(staged, mine));
  for (const bytes of [mine, theirs]) {
    for (const either of [store, reader]) {
      const blob = await openBytes(either, keyOf(bytes));
      expect(blob && (await read(blob)).equals(bytes)).toBe(true);
      expect(await either.stat(keyOf(bytes))).toMatchObject({ sizeBytes: bytes.length });
    }
  }
  expect(await memory.stat({ sha256: keyOf(mine).sha256, scope: 'sealed' })).toBeNull();
});

it('seals what is stored unsealed, keeps it readable, and leaves damaged blobs alone', async () => {
  const { memory, staged, store } = openSealed();
  const blobs = [0, 10, 200_000].map((sizeBytes) => randomBytes(sizeBytes));
  for (const bytes of blobs) memory.overwrite(keyOf(bytes), bytes);
  const damaged = randomBytes(10);
  memory.overwrite(keyOf(damaged), randomBytes(10));
  const sealed = await sealStoredBlobs({ store: memory, staging: staged }, keys);
  expect(sealed).toEqual({ sealed: 3, sealedBytes: 200_010, damaged: 1 });
  for (const bytes of blobs) {
    expect(await memory.stat(keyOf(bytes))).toBeNull();
    const blob = await openBytes(store, keyOf(bytes));
    expect(blob && (await read(blob)).equals(bytes)).toBe(true);
  }
  expect(await memory.stat(keyOf(damaged))).toMatchObject({ sizeBytes: 10 });
  expect(staged.files.size).toBe(0);
  expect(await sealStoredBlobs({ store: memory, staging: staged }, keys)).toMatchObject({ sealed: 0, damaged: 1 });
});

it('finds a blob that is sealed between its lookups', async () => {
  const { memory, staged, store } = openSealed();
  const plain = randomBytes(10);
  memory.overwrite(keyOf(plain), plain);
  for (const look of ['open', 'stat'] as const) {
    memory.overwrite(keyOf(plain), plain);
    await memory.delete({ ...keyOf(plain), scope: 'sealed' });
    const original = memory[look].bind(memory) as (key: BlobKey) => Promise<never>;
    let isSealed = false;
    memory[look] = async (key: BlobKey) => {
      const found = await original(key);
      if (key.scope === 'sealed' && !isSealed) {
        isSealed = true;
        memory[look] = original;
        await sealStoredBlobs({ store: memory, staging: staged }, keys);
      }
      return found;
    };
    expect(await store[look](keyOf(plain))).toMatchObject({ sizeBytes: 10 });
    memory[look] = original;
  }
});

it('keeps unsealed bytes when garbage collection removes the sealed ones at once', async () => {
  const { memory, staged } = openSealed();
  const plain = randomBytes(10);
  memory.overwrite(keyOf(plain), plain);
  memory.put = () => Promise.resolve(null);
  expect(await sealStoredBlobs({ store: memory, staging: staged }, keys)).toMatchObject({ sealed: 0 });
  expect(await memory.stat(keyOf(plain))).not.toBeNull();
});

it('fails for blobs of a key that the site has lost, and keeps them', async () => {
  const { memory, staging, store } = openSealed();
  const plain = randomBytes(10);
  await store.put(keyOf(plain), await stageBytes(staging, plain));
  const other = new SealedStore(memory, { ...keys, find: () => Promise.resolve(null) });
  await expect(other.open(keyOf(plain))).rejects.toMatchObject({ code: 'unavailable' });
  expect(await other.stat(keyOf(plain))).toMatchObject({ sizeBytes: 10 });
});

it('continues an upload that was cut off anywhere, from what is intact', async () => {
  const plain = randomBytes(3 * SEGMENT_BYTES + 500);
  const sealed = sealBytes(sealing, plain);
  for (const cut of [HEADER_BYTES, HEADER_BYTES + 5, 60_000, SEALED_SEGMENT_BYTES + HEADER_BYTES, 150_000, 200_000]) {
    const { staged, staging, store } = openSealed();
    const id = randomUUID();
    await staging.create(id);
    const bytes = sealed.subarray(0, cut);
    staged.files.set(id, { bytes, version: 1, fence: 0n, isOpen: false, changedAt: new Date() });
    const file = await staging.open({ id, fence: 0n });
    const { sizeBytes } = file.stat();
    expect(sizeBytes).toBeLessThanOrEqual(toPlainSize(cut));
    expect(sizeBytes).toBeGreaterThanOrEqual(toPlainSize(cut) - SEGMENT_BYTES);
    // What other requests are told from then on.
    expect(await staging.readSize(id)).toBe(sizeBytes);
    const sink = (offsetBytes: number) => ({ offsetBytes, limitBytes: plain.length, hash: createHash('sha256') });
    await file.append(streamOf(plain.subarray(sizeBytes, sizeBytes + 10)), sink(sizeBytes));
    await file.close();
    const reopened = await staging.open({ id, fence: 0n });
    expect(reopened.stat().sizeBytes).toBe(Math.min(plain.length, sizeBytes + 10));
    await reopened.append(streamOf(plain.subarray(sizeBytes + 10)), sink(sizeBytes + 10));
    await store.put(keyOf(plain), { id, version: reopened.stat().version });
    await reopened.close();
    const blob = await openBytes(store, keyOf(plain));
    expect(blob && (await read(blob)).equals(plain)).toBe(true);
  }
});

it('leaves an upload as it was when an append fails', async () => {
  const { staging } = openSealed();
  const plain = randomBytes(4 * SEGMENT_BYTES);
  const { id } = await stageBytes(staging, plain.subarray(0, 100_000));
  const file = await staging.open({ id, fence: 0n });
  let claimedBytes = 0;
  const claim = (bytes: number) => {
    claimedBytes += bytes;
    if (claimedBytes > 120_000) throw new Error('no room');
  };
  const sink = { offsetBytes: 100_000, limitBytes: plain.length, hash: createHash('sha256'), claim };
  await expect(file.append(streamOf(plain.subarray(100_000)), sink)).rejects.toThrow('no room');
  expect(file.stat().sizeBytes).toBe(100_000);
  await file.close();
  const reopened = await staging.open({ id, fence: 0n });
  const stored = await collect((reader) => reopened.copyTo(reader, { start: 0, end: 99_999 }));
  expect(stored.equals(plain.subarray(0, 100_000))).toBe(true);
  expect(reopened.stat().sizeBytes).toBe(100_000);
});
