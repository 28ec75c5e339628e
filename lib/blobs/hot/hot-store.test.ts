import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { beforeEach, expect, it } from 'vitest';
import { keyOf, stageBytes } from '#lib/blobs/blob-store.contract.ts';
import { openBytes, type BlobStore, type OpenedBlob } from '#lib/blobs/blob-store.ts';
import { MemoryStaging } from '#lib/blobs/memory/memory-staging.ts';
import { MemoryStore } from '#lib/blobs/memory/memory-store.ts';
import { CacheCount } from '#lib/platform/metrics/cache-count.ts';
import { HotParts, PART_BYTES } from './hot-parts.ts';
import { HotStore } from './hot-store.ts';

const BYTES = randomBytes(2 * PART_BYTES + 250_000);
const KEY = keyOf(BYTES);

let inner: MemoryStore;
let store: HotStore;
beforeEach(async () => {
  const staging = new MemoryStaging();
  inner = new MemoryStore(staging);
  store = new HotStore(inner);
  await store.put(KEY, await stageBytes(staging, BYTES));
});

async function read(start = 0, end = BYTES.length, from: BlobStore = store): Promise<Buffer> {
  const blob = await openBytes(from, KEY);
  const chunks: Buffer[] = [];
  const reader = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      setImmediate(done);
    },
  });
  await blob?.copyTo(reader, { start, end: end - 1 });
  await blob?.close();
  return Buffer.concat(chunks);
}

it('caches a blob on its second read, and serves ranges from memory', async () => {
  for (let time = 0; time < 2; time += 1) expect((await read()).equals(BYTES)).toBe(true);
  expect(inner.copies).toBe(2);
  expect((await read()).equals(BYTES)).toBe(true);
  for (const [start, end] of [
    [0, 1],
    [500_000, 1_200_001],
    [PART_BYTES, 2 * PART_BYTES],
    [BYTES.length - 1, BYTES.length],
  ] as const) {
    expect((await read(start, end)).equals(BYTES.subarray(start, end))).toBe(true);
  }
  expect(inner.copies).toBe(2);
});

it('doesn’t cache a blob on its first read', async () => {
  await read(0, PART_BYTES);
  await read(PART_BYTES, BYTES.length);
  expect(inner.copies).toBe(2);
  await read();
  expect(inner.copies).toBe(3);
  await read();
  expect(inner.copies).toBe(3);
});

it('rereads a blob after its version changes', async () => {
  for (let time = 0; time < 3; time += 1) await read();
  const other = randomBytes(BYTES.length);
  inner.overwrite(KEY, other);
  for (let time = 0; time < 3; time += 1) expect((await read()).equals(other)).toBe(true);
});

it('reads only uncached parts from the store', async () => {
  for (let time = 0; time < 2; time += 1) await read(PART_BYTES, 2 * PART_BYTES);
  expect(inner.copies).toBe(2);
  expect((await read()).equals(BYTES)).toBe(true);
  // The parts before and after the cached one.
  expect(inner.copies).toBe(4);
});

it.each([
  [0, 100],
  [PART_BYTES, PART_BYTES + 1],
  [BYTES.length - 1, BYTES.length],
  [7, 600_000],
])('serves the whole blob after repeated reads of a range: %i to %i', async (start, end) => {
  for (let time = 0; time < 3; time += 1) {
    expect((await read(start, end)).equals(BYTES.subarray(start, end))).toBe(true);
  }
  for (let time = 0; time < 3; time += 1) expect((await read()).equals(BYTES)).toBe(true);
});

it('forwards a redirect', async () => {
  const redirect: OpenedBlob = { kind: 'redirect', url: 'https://blobs.test/1' };
  inner.open = () => Promise.resolve(redirect as never);
  expect(await store.open(KEY, { mayRedirect: true })).toBe(redirect);
});

it('doesn’t cache a blob larger than the cache', () => {
  expect(new HotParts(new CacheCount()).of(KEY, { version: '1', sizeBytes: 2 ** 30 })).toBeNull();
});
