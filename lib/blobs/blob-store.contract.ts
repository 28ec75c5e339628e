// What every BlobStore owes its callers. Each implementation's test calls this once.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import type { BlobStore } from './blob-store.ts';
import { readBlob } from './read-blob.ts';

const ANYWHERE = { offsetBytes: null, expectedBytes: null };
const MIB = 1024 * 1024;

export const sha256Of = (bytes: Buffer): Digest => toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
export const sha512Of = (bytes: Buffer): Digest => toDigest('sha512', createHash('sha512').update(bytes).digest('hex'));

/** In pieces of uneven length, as a socket gives them. */
export function streamOf(bytes: Buffer): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0, length = 1; at < bytes.length; at += length, length = Math.min(length * 3, 65_536)) {
    pieces.push(bytes.subarray(at, at + length));
  }
  return Readable.from(pieces, { objectMode: false });
}

export type StoreUnderTest = { store: BlobStore; close: () => Promise<void> };

export function describeBlobStore(name: string, openStore: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let opened: StoreUnderTest;
    let store: BlobStore;
    beforeEach(async () => {
      opened = await openStore();
      store = opened.store;
    });
    afterEach(() => opened.close());

    async function stage(bytes = Buffer.alloc(0)): Promise<string> {
      const id = randomUUID();
      await store.stage(id);
      if (bytes.length > 0) await store.append(id, streamOf(bytes), ANYWHERE);
      return id;
    }

    async function readAll(sha256: Digest, maxBytes: number): Promise<Buffer | null> {
      const blob = await store.open(sha256);
      return blob && readBlob(blob, maxBytes);
    }

    async function readRange(sha256: Digest, range: ByteRange | null): Promise<Buffer> {
      const blob = await store.open(sha256);
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

    it.each([0, 1, 65_537, 3 * MIB + 1])('keeps a blob of %i bytes as it was', async (sizeBytes) => {
      const bytes = randomBytes(sizeBytes);
      const id = await stage(bytes);
      const stored = await store.commit(id, sha256Of(bytes));
      expect(stored).toEqual({ sha256: sha256Of(bytes), sha512: null, sizeBytes });
      expect((await readRange(stored.sha256, null)).equals(bytes)).toBe(true);
      expect(await store.stagedBytes(id)).toBeNull();
      expect(await store.storedBytes(stored.sha256)).toBe(sizeBytes);
      expect(await store.storedBytes(sha256Of(Buffer.from('what nobody pushed')))).toBeNull();
    });

    it('gives any part of a blob', async () => {
      const bytes = randomBytes(2 * MIB);
      await store.commit(await stage(bytes), sha256Of(bytes));
      for (const [start, end] of [
        [0, 0],
        [5, 70_000],
        [MIB, 2 * MIB - 1],
        [2 * MIB - 1, 2 * MIB - 1],
      ] as const) {
        const part = await readRange(sha256Of(bytes), { start, end });
        expect(part.equals(bytes.subarray(start, end + 1))).toBe(true);
      }
    });

    it('joins what comes in several requests', async () => {
      const bytes = randomBytes(MIB);
      const id = await stage(bytes.subarray(0, 1000));
      expect(
        await store.append(id, streamOf(bytes.subarray(1000)), { offsetBytes: 1000, expectedBytes: MIB - 1000 }),
      ).toBe(MIB);
      await store.commit(id, sha256Of(bytes));
      expect((await readAll(sha256Of(bytes), MIB))?.equals(bytes)).toBe(true);
      expect(await readAll(sha256Of(bytes), MIB - 1)).toBeNull();
    });

    it('checks a SHA-512 when that is what the client has', async () => {
      const bytes = randomBytes(70_000);
      const stored = await store.commit(await stage(bytes), sha512Of(bytes));
      expect(stored).toMatchObject({ sha256: sha256Of(bytes), sha512: sha512Of(bytes) });
    });

    it('refuses a wrong digest and stores nothing', async () => {
      const id = await stage(Buffer.from('one'));
      for (const wrong of [sha256Of(Buffer.from('two')), sha512Of(Buffer.from('two'))]) {
        await expect(store.commit(id, wrong)).rejects.toMatchObject({ code: 'digest_mismatch' });
      }
      expect(await store.open(sha256Of(Buffer.from('one')))).toBeNull();
      expect(await store.stagedBytes(id)).toBe(3);
    });

    it('refuses bytes at the wrong place, and more or fewer than announced, and keeps what it had', async () => {
      const id = await stage(Buffer.from('12345'));
      for (const [options, code] of [
        [{ offsetBytes: 4, expectedBytes: null }, 'range_invalid'],
        [{ offsetBytes: 6, expectedBytes: null }, 'range_invalid'],
        [{ offsetBytes: 5, expectedBytes: 2 }, 'size_mismatch'],
        [{ offsetBytes: 5, expectedBytes: 4 }, 'size_mismatch'],
      ] as const) {
        await expect(store.append(id, streamOf(Buffer.from('678')), options)).rejects.toMatchObject({ code });
        expect(await store.stagedBytes(id)).toBe(5);
      }
      await store.append(id, streamOf(Buffer.from('678')), { offsetBytes: 5, expectedBytes: 3 });
      await store.commit(id, sha256Of(Buffer.from('12345678')));
    });

    it('refuses more than an upload may hold, and keeps what it had', async () => {
      const id = await stage(Buffer.from('12345'));
      for (const options of [ANYWHERE, { offsetBytes: 5, expectedBytes: 4 }]) {
        const appending = store.append(id, streamOf(Buffer.from('6789')), { ...options, maxBytes: 8 });
        await expect(appending).rejects.toMatchObject({ code: 'too_large' });
        expect(await store.stagedBytes(id)).toBe(5);
      }
      const short = store.append(id, streamOf(Buffer.from('678')), { offsetBytes: 5, expectedBytes: 2, maxBytes: 8 });
      await expect(short).rejects.toMatchObject({ code: 'size_mismatch' });
      await store.append(id, streamOf(Buffer.from('678')), { ...ANYWHERE, maxBytes: 8 });
      await store.commit(id, sha256Of(Buffer.from('12345678')));
    });

    it('keeps what came before the source broke off, and goes on from there', async () => {
      const bytes = randomBytes(MIB);
      const id = await stage();
      const source = new Readable({ read: () => undefined });
      const appending = store.append(id, source, ANYWHERE);
      source.push(bytes.subarray(0, 600_000));
      await sleep(20);
      source.destroy(new Error('connection reset'));
      await expect(appending).rejects.toMatchObject({ code: 'upload_invalid' });
      expect(await store.stagedBytes(id)).toBe(600_000);
      await store.append(id, streamOf(bytes.subarray(600_000)), ANYWHERE);
      await store.commit(id, sha256Of(bytes));
    });

    it('lets one request at a time work on an upload', async () => {
      const id = await stage();
      const source = new Readable({ read: () => undefined });
      const appending = store.append(id, source, ANYWHERE);
      await expect(store.append(id, streamOf(Buffer.from('x')), ANYWHERE)).rejects.toMatchObject({
        code: 'range_invalid',
      });
      await expect(store.commit(id, sha256Of(Buffer.from('')))).rejects.toMatchObject({ code: 'range_invalid' });
      source.push(null);
      await appending;
      await store.commit(id, sha256Of(Buffer.from('')));
    });

    it('takes the same blob from many uploads at once', async () => {
      const bytes = randomBytes(100_000);
      const ids = await Promise.all(Array.from({ length: 8 }, () => stage(bytes)));
      await Promise.all(ids.map((id) => store.commit(id, sha256Of(bytes))));
      expect((await readAll(sha256Of(bytes), MIB))?.equals(bytes)).toBe(true);
    });

    it('knows nothing of an upload that was discarded', async () => {
      const id = await stage(Buffer.from('x'));
      await store.discard(id);
      await store.discard(id);
      expect(await store.stagedBytes(id)).toBeNull();
      await expect(store.append(id, streamOf(Buffer.from('y')), ANYWHERE)).rejects.toMatchObject({
        code: 'upload_not_found',
      });
      await expect(store.commit(id, sha256Of(Buffer.from('x')))).rejects.toMatchObject({ code: 'upload_not_found' });
    });

    it('copies an upload for somebody who goes on with it', async () => {
      const id = await stage(Buffer.from('123'));
      const copy = randomUUID();
      await store.copyStaged(id, copy);
      await store.append(id, streamOf(Buffer.from('x')), ANYWHERE);
      await store.append(copy, streamOf(Buffer.from('45')), ANYWHERE);
      await store.commit(copy, sha256Of(Buffer.from('12345')));
      await store.discard(id);
      await expect(store.copyStaged(id, randomUUID())).rejects.toMatchObject({ code: 'upload_not_found' });
    });

    it('lists the uploads it holds', async () => {
      const ids = [await stage(), await stage(Buffer.from('x'))];
      const listed: string[] = [];
      for await (const { id, changedAt } of store.listStaged()) {
        listed.push(id);
        expect(Math.abs(changedAt.getTime() - Date.now())).toBeLessThan(60_000);
      }
      expect(listed.sort()).toEqual(ids.sort());
    });

    it('forgets a deleted blob, which a reader that has it open reads to the end', async () => {
      const bytes = randomBytes(2 * MIB);
      const { sha256 } = await store.commit(await stage(bytes), sha256Of(bytes));
      const blob = await store.open(sha256);
      await store.delete(sha256);
      await store.delete(sha256);
      expect(await store.open(sha256)).toBeNull();
      let readBytes = 0;
      const reader = new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          readBytes += chunk.length;
          done();
        },
      });
      await blob?.copyTo(reader, null);
      await blob?.close();
      expect(readBytes).toBe(bytes.length);
    });

    it('leaves a blob that was put there after the time given', async () => {
      const bytes = randomBytes(1000);
      const { sha256 } = await store.commit(await stage(bytes), sha256Of(bytes));
      expect(await store.delete(sha256, { unlessSince: new Date(Date.now() - 60_000) })).toBe(false);
      expect((await readAll(sha256, MIB))?.equals(bytes)).toBe(true);
      expect(await store.delete(sha256, { unlessSince: new Date(Date.now() + 60_000) })).toBe(true);
      expect(await store.open(sha256)).toBeNull();
      expect(await store.delete(sha256, { unlessSince: new Date(0) })).toBe(true);
    });

    it('lists the blobs it holds', async () => {
      const contents = [randomBytes(10), randomBytes(2000)];
      for (const bytes of contents) await store.commit(await stage(bytes), sha256Of(bytes));
      await stage(randomBytes(5));
      const listed: unknown[] = [];
      for await (const { sha256, sizeBytes, changedAt } of store.listBlobs()) {
        listed.push({ sha256, sizeBytes });
        expect(Math.abs(changedAt.getTime() - Date.now())).toBeLessThan(60_000);
      }
      const expected = contents.map((bytes) => ({ sha256: sha256Of(bytes), sizeBytes: bytes.length }));
      expect(listed).toHaveLength(2);
      expect(listed).toEqual(expect.arrayContaining(expected));
    });

    it('stops when the reader goes away', async () => {
      const bytes = randomBytes(4 * MIB);
      const { sha256 } = await store.commit(await stage(bytes), sha256Of(bytes));
      const blob = await store.open(sha256);
      const stuckReader = new Writable({ write: () => undefined });
      const copying = blob?.copyTo(stuckReader, null);
      setTimeout(() => stuckReader.destroy(), 20);
      await expect(copying).rejects.toThrow();
      await blob?.close();
    });
  });
}
