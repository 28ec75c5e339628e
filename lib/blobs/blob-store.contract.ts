// The contract of BlobStore. compositions.test.ts runs it on each composition.
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { openBytes, siteBlob, type BlobKey, type BlobStore } from './blob-store.ts';
import { readBlob } from './read-blob.ts';
import type { StagedVersion, StagingArea } from './staging-area.ts';
import type { Room } from './volume.ts';

const MIB = 1024 * 1024;

export const sha256Of = (bytes: Buffer): Digest => toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
export const sha512Of = (bytes: Buffer): Digest => toDigest('sha512', createHash('sha512').update(bytes).digest('hex'));
export const keyOf = (bytes: Buffer): BlobKey => siteBlob(sha256Of(bytes));

/** Streams bytes in pieces of uneven length, as a socket does. */
export function streamOf(bytes: Buffer): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0, length = 1; at < bytes.length; at += length, length = Math.min(length * 3, 65_536)) {
    pieces.push(bytes.subarray(at, at + length));
  }
  return Readable.from(pieces, { objectMode: false });
}

export type Composition = {
  store: BlobStore;
  staging: StagingArea;
  room: Room;
  /** Changes the stored bytes of a blob behind the store's back. */
  overwrite: (key: BlobKey, bytes: Buffer) => Promise<void>;
  close: () => Promise<void>;
};

export async function stageBytes(staging: StagingArea, bytes: Buffer): Promise<StagedVersion> {
  const id = randomUUID();
  await staging.create(id);
  const file = await staging.open({ id, fence: 0n });
  const hash = createHash('sha256');
  await file.append(streamOf(bytes), { offsetBytes: 0, limitBytes: bytes.length, hash });
  const { version } = file.stat();
  await file.close();
  return { id, version };
}

export function describeBlobStore(name: string, openComposition: () => Promise<Composition>): void {
  describe(`${name}: a blob store`, () => {
    let opened: Composition;
    let store: BlobStore;
    beforeEach(async () => {
      opened = await openComposition();
      store = opened.store;
    });
    afterEach(() => opened.close());

    const stage = (bytes: Buffer) => stageBytes(opened.staging, bytes);

    async function put(bytes: Buffer): Promise<BlobKey> {
      await store.put(keyOf(bytes), await stage(bytes));
      return keyOf(bytes);
    }

    async function readAll(key: BlobKey): Promise<Buffer | null> {
      const blob = await openBytes(store, key);
      return blob && readBlob(blob, 8 * MIB);
    }

    async function readSlowly(key: BlobKey, range: ByteRange | null): Promise<Buffer> {
      const blob = await openBytes(store, key);
      const chunks: Buffer[] = [];
      const slowReader = new Writable({
        highWaterMark: 1,
        write: (chunk: Buffer, _encoding, done) => {
          setImmediate(() => {
            chunks.push(Buffer.from(chunk));
            done();
          });
        },
      });
      await blob?.copyTo(slowReader, range);
      await blob?.close();
      return Buffer.concat(chunks);
    }

    it.each([0, 1, 65_537, 3 * MIB + 1])('stores a blob of %i bytes and serves it repeatedly', async (sizeBytes) => {
      const bytes = randomBytes(sizeBytes);
      const staged = await stage(bytes);
      const version = await store.put(keyOf(bytes), staged);
      for (let time = 0; time < 4; time += 1) expect((await readSlowly(keyOf(bytes), null)).equals(bytes)).toBe(true);
      expect(await store.stat(keyOf(bytes))).toMatchObject({ sizeBytes, version });
      expect(await opened.staging.readSize(staged.id)).toBeNull();
    });

    it('returns null for an unknown blob', async () => {
      const key = keyOf(Buffer.from('nobody pushed this'));
      expect(await store.open(key)).toBeNull();
      expect(await store.stat(key)).toBeNull();
    });

    it('opens a cached blob synchronously, and returns null for any other', async () => {
      const bytes = randomBytes(100_000);
      expect(store.openCached(keyOf(bytes))).toBeNull();
      const key = await put(bytes);
      await readAll(key);
      const blob = store.openCached(key);
      expect(blob).toMatchObject({ kind: 'bytes', sizeBytes: bytes.length });
      expect(blob && (await readBlob(blob, MIB))?.equals(bytes)).toBe(true);
      await store.delete(key);
      expect(store.openCached(key)).toBeNull();
    });

    it('reads any range of a blob repeatedly', async () => {
      const bytes = randomBytes(2 * MIB);
      const key = await put(bytes);
      for (let time = 0; time < 4; time += 1) {
        for (const [start, end] of [
          [0, 0],
          [5, 70_000],
          [0, MIB],
          [MIB - 1, MIB],
          [MIB, 2 * MIB - 1],
          [2 * MIB - 1, 2 * MIB - 1],
          [0, 2 * MIB - 1],
        ] as const) {
          const part = await readSlowly(key, { start, end });
          expect(part.equals(bytes.subarray(start, end + 1))).toBe(true);
        }
      }
    });

    it('rejects a staged file that is gone or changed after it was hashed', async () => {
      const bytes = Buffer.from('one');
      await expect(store.put(keyOf(bytes), { id: randomUUID(), version: '0' })).rejects.toMatchObject({
        code: 'upload_not_found',
      });
      const { id, version } = await stage(bytes);
      const file = await opened.staging.open({ id, fence: 0n });
      await file.append(streamOf(Buffer.from('more')), { offsetBytes: 3, limitBytes: 4, hash: createHash('sha256') });
      await file.close();
      await expect(store.put(keyOf(bytes), { id, version })).rejects.toMatchObject({ code: 'range_invalid' });
      expect(await store.open(keyOf(bytes))).toBeNull();
      expect(await opened.staging.readSize(id)).toBe(7);
    });

    it('keeps an intact blob when the same bytes are put again, and discards the duplicate', async () => {
      const bytes = randomBytes(1000);
      const [first, second] = [await stage(bytes), await stage(bytes)];
      const before = await store.put(keyOf(bytes), first);
      await store.put(keyOf(bytes), second, { trustedVersion: before ?? undefined });
      expect(await opened.staging.readSize(second.id)).toBeNull();
      expect(await readAll(keyOf(bytes))).toEqual(bytes);
    });

    it('replaces a damaged blob', async () => {
      const bytes = randomBytes(1000);
      const key = await put(bytes);
      await opened.overwrite(key, randomBytes(1000));
      await put(bytes);
      expect(await readAll(key)).toEqual(bytes);
    });

    it('does not replace a damaged blob with bytes that don’t match the key', async () => {
      const bytes = randomBytes(1000);
      const key = await put(bytes);
      await opened.overwrite(key, randomBytes(1000));
      const staged = await stage(randomBytes(1000));
      await expect(store.put(key, staged)).rejects.toMatchObject({ code: 'unavailable' });
      await put(bytes);
      expect(await readAll(key)).toEqual(bytes);
    });

    it('changes the version when the stored bytes are overwritten', async () => {
      const bytes = randomBytes(1000);
      const key = await put(bytes);
      const before = await store.stat(key);
      await opened.overwrite(key, randomBytes(1000));
      expect((await store.stat(key))?.version).not.toBe(before?.version);
    });

    it('stores the same blob from concurrent uploads', async () => {
      const bytes = randomBytes(100_000);
      const staged = await Promise.all(Array.from({ length: 8 }, () => stage(bytes)));
      await Promise.all(staged.map((each) => store.put(keyOf(bytes), each)));
      expect((await readAll(keyOf(bytes)))?.equals(bytes)).toBe(true);
    });

    it('sends each of many concurrent readers its own range', async () => {
      const bytes = randomBytes(2 * MIB + 250_000);
      const key = await put(bytes);
      const ranges = Array.from({ length: 20 }, () => {
        const [start = 0, end = 0] = [randomInt(bytes.length), randomInt(bytes.length)].sort((a, b) => a - b);
        return { start, end };
      });
      for (let time = 0; time < 3; time += 1) {
        const sent = await Promise.all(ranges.map((range) => readSlowly(key, range)));
        for (const [i, { start, end }] of ranges.entries()) {
          expect(sent[i]?.equals(bytes.subarray(start, end + 1))).toBe(true);
        }
      }
    });

    it('bypasses caches and checks for raw reads', async () => {
      const bytes = randomBytes(1000);
      const key = await put(bytes);
      for (let time = 0; time < 3; time += 1) await readAll(key);
      const damaged = randomBytes(1000);
      await opened.overwrite(key, damaged);
      const blob = await openBytes(store, key, { isRaw: true });
      expect(blob && (await readBlob(blob, MIB))).toEqual(damaged);
    });

    it('deletes a blob without interrupting a reader that has it open', async () => {
      const bytes = randomBytes(2 * MIB);
      const key = await put(bytes);
      const blob = await openBytes(store, key);
      expect(await store.delete(key)).toBe(true);
      expect(await store.delete(key)).toBe(true);
      expect(await store.open(key)).toBeNull();
      expect(blob && (await readBlob(blob, 8 * MIB))?.equals(bytes)).toBe(true);
    });

    it('spares a blob stored after `unlessSince`', async () => {
      const bytes = randomBytes(1000);
      const key = await put(bytes);
      expect(await store.delete(key, { unlessSince: new Date(Date.now() - 60_000) })).toBe(false);
      expect(await readAll(key)).toEqual(bytes);
      expect(await store.delete(key, { unlessSince: new Date(Date.now() + 60_000) })).toBe(true);
      expect(await store.open(key)).toBeNull();
      expect(await store.delete(key, { unlessSince: new Date(0) })).toBe(true);
    });

    it('lists blobs but not staged files', async () => {
      const contents = [randomBytes(10), randomBytes(2000)];
      for (const bytes of contents) await put(bytes);
      await stage(randomBytes(5));
      const listed: unknown[] = [];
      for await (const { sha256, scope, sizeBytes, changedAt } of store.list()) {
        listed.push({ sha256, scope, sizeBytes });
        expect(Math.abs(changedAt.getTime() - Date.now())).toBeLessThan(60_000);
      }
      const expected = contents.map((bytes) => ({ sha256: sha256Of(bytes), scope: 'site', sizeBytes: bytes.length }));
      expect(listed).toHaveLength(2);
      expect(listed).toEqual(expect.arrayContaining(expected));
    });

    it.each([1, 2, 3])('stops when the reader disconnects, on read %i', async (reads) => {
      const bytes = randomBytes(4 * MIB);
      const key = await put(bytes);
      for (let time = 1; time < reads; time += 1) await readAll(key);
      const blob = await openBytes(store, key);
      const stuckReader: Writable = new Writable({ write: () => void setImmediate(() => stuckReader.destroy()) });
      await expect(blob?.copyTo(stuckReader, null)).rejects.toMatchObject({ code: 'unavailable' });
      await blob?.close();
      expect((await readAll(key))?.equals(bytes)).toBe(true);
    });

    it('copies nothing to a reader that has already disconnected', async () => {
      const key = await put(randomBytes(1000));
      for (let time = 0; time < 3; time += 1) {
        const blob = await openBytes(store, key);
        const gone = new Writable();
        gone.destroy();
        await expect(blob?.copyTo(gone, null)).rejects.toMatchObject({ code: 'unavailable' });
        await blob?.close();
        await readAll(key);
      }
    });
  });
}
