// The contract of StagingArea.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of, sha512Of, streamOf, type Composition } from './blob-store.contract.ts';
import type { StagedFile, StagingArea } from './staging-area.ts';

const MIB = 1024 * 1024;

export function describeStagingArea(name: string, openComposition: () => Promise<Composition>): void {
  describe(`${name}: a staging area`, () => {
    let opened: Composition;
    let staging: StagingArea;
    let files: Set<StagedFile>;
    beforeEach(async () => {
      opened = await openComposition();
      staging = opened.staging;
      files = new Set();
    });
    afterEach(async () => {
      for (const file of files) await file.close();
      await opened.close();
    });

    async function open(id: string, fence = 0n): Promise<StagedFile> {
      const file = await staging.open({ id, fence });
      files.add(file);
      return file;
    }

    async function close(file: StagedFile): Promise<void> {
      files.delete(file);
      await file.close();
    }

    async function create(): Promise<StagedFile> {
      const id = randomUUID();
      await staging.create(id);
      return open(id);
    }

    async function append(file: StagedFile, bytes: Buffer, limitBytes = Number.MAX_SAFE_INTEGER) {
      const hash = createHash('sha256');
      const received = await file.append(streamOf(bytes), { offsetBytes: file.stat().sizeBytes, limitBytes, hash });
      return { received, hashed: hash.digest('hex') };
    }

    async function readAll(file: StagedFile, start = 0): Promise<Buffer> {
      const chunks: Buffer[] = [];
      const reader = new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          chunks.push(Buffer.from(chunk));
          done();
        },
      });
      await file.copyTo(reader, { start, end: file.stat().sizeBytes - 1 });
      return Buffer.concat(chunks);
    }

    it('concatenates and hashes consecutive appends', async () => {
      const bytes = randomBytes(MIB);
      const file = await create();
      await append(file, bytes.subarray(0, 1000));
      const { received, hashed } = await append(file, bytes.subarray(1000));
      expect(received).toEqual({ receivedBytes: MIB - 1000, outcome: 'complete' });
      expect(`sha256:${hashed}`).toBe(sha256Of(bytes.subarray(1000)));
      expect((await readAll(file)).equals(bytes)).toBe(true);
      expect((await readAll(file, 7)).equals(bytes.subarray(7))).toBe(true);
      expect(await staging.readSize(file.id)).toBe(MIB);
    });

    it('hashes the stored bytes', async () => {
      const bytes = randomBytes(70_000);
      const file = await create();
      await append(file, bytes);
      expect(`sha256:${(await file.hash('sha256')).digest('hex')}`).toBe(sha256Of(bytes));
      expect(`sha512:${(await file.hash('sha512')).digest('hex')}`).toBe(sha512Of(bytes));
    });

    it('changes the version with every write', async () => {
      const file = await create();
      const versions = [file.stat().version];
      await append(file, Buffer.from('12345'));
      versions.push(file.stat().version);
      await file.truncate(3);
      versions.push(file.stat().version);
      expect(new Set(versions).size).toBe(3);
      expect(file.stat().sizeBytes).toBe(3);
    });

    it('continues a file of any size in appends of any size', async () => {
      const bytes = randomBytes(400_000);
      const file = await create();
      let at = 0;
      for (const sizeBytes of [0, 1, 65_535, 0, 65_536, 1, 65_535, 65_536 * 2]) {
        await append(file, bytes.subarray(at, (at += sizeBytes)));
        expect(file.stat().sizeBytes).toBe(at);
        if (at > 0) expect((await readAll(file)).equals(bytes.subarray(0, at))).toBe(true);
      }
      await close(file);
      const reopened = await open(file.id);
      expect((await readAll(reopened)).equals(bytes.subarray(0, at))).toBe(true);
      for (const sizeBytes of [200_000, 196_608, 131_072, 65_537, 65_536, 3, 0]) {
        await reopened.truncate(sizeBytes);
        await append(reopened, bytes.subarray(sizeBytes, sizeBytes + 10));
        expect((await readAll(reopened)).equals(bytes.subarray(0, sizeBytes + 10))).toBe(true);
        await reopened.truncate(sizeBytes);
      }
    });

    it('stops at the limit', async () => {
      const file = await create();
      expect((await append(file, randomBytes(1000), 999)).received.outcome).toBe('over_limit');
    });

    it('stops when a claim is rejected', async () => {
      const file = await create();
      const claim = () => Promise.reject(new Error('no room'));
      const sink = { offsetBytes: 0, limitBytes: MIB, hash: createHash('sha256'), claim };
      await expect(file.append(streamOf(randomBytes(1000)), sink)).rejects.toThrow('no room');
    });

    it('keeps the bytes received before the source is interrupted', async () => {
      const file = await create();
      const source = new Readable({ read: () => undefined });
      const hash = createHash('sha256');
      const appending = file.append(source, { offsetBytes: 0, limitBytes: MIB, hash });
      source.push(randomBytes(600_000));
      await expect.poll(() => source.readableLength).toBe(0);
      source.destroy(new Error('connection reset'));
      expect(await appending).toEqual({ receivedBytes: 600_000, outcome: 'broken' });
      expect(file.stat().sizeBytes).toBe(600_000);
    });

    it('reports progress while the source is open', async () => {
      const file = await create();
      const source = new Readable({ read: () => undefined });
      let endBytes = 0;
      const onWritten = (bytes: number) => (endBytes = bytes);
      const appending = file.append(source, {
        offsetBytes: 0,
        limitBytes: MIB,
        hash: createHash('sha256'),
        onWritten,
      });
      source.push(randomBytes(1000));
      await expect.poll(() => endBytes).toBe(1000);
      source.push(null);
      await appending;
    });

    it('never reuses an id', async () => {
      const { id } = await create();
      await expect(staging.create(id)).rejects.toThrow();
    });

    it('allows one writer at a time per staged file', async () => {
      const file = await create();
      await expect(staging.open({ id: file.id, fence: 1n })).rejects.toMatchObject({ code: 'range_invalid' });
      await close(file);
      expect((await open(file.id, 1n)).id).toBe(file.id);
    });

    it('rejects a writer with a lower fence than an earlier one', async () => {
      const file = await create();
      const { id } = file;
      await close(file);
      await (await staging.open({ id, fence: 5n })).close();
      await expect(staging.open({ id, fence: 4n })).rejects.toMatchObject({ code: 'range_invalid' });
      await (await staging.open({ id, fence: 5n })).close();
      await (await staging.open({ id, fence: 6n })).close();
    });

    it('copies a staged file out of reach of its writer', async () => {
      const file = await create();
      await append(file, Buffer.from('123'));
      const newId = randomUUID();
      await staging.copy(file.id, newId);
      await append(file, Buffer.from('x'));
      const copy = await open(newId);
      await append(copy, Buffer.from('45'));
      expect((await readAll(copy)).toString()).toBe('12345');
      await expect(staging.copy(randomUUID(), randomUUID())).rejects.toMatchObject({ code: 'upload_not_found' });
    });

    it('discards a file, which stays readable while it is open', async () => {
      const file = await create();
      await append(file, Buffer.from('12345'));
      await staging.discard(file.id);
      await staging.discard(file.id);
      expect(await staging.readSize(file.id)).toBeNull();
      await expect(staging.open({ id: randomUUID(), fence: 0n })).rejects.toMatchObject({ code: 'upload_not_found' });
      expect((await readAll(file)).toString()).toBe('12345');
    });

    it('lists the staged files last written before a given time', async () => {
      const ids = [(await create()).id, (await create()).id];
      const list = async (before: Date) => {
        const listed: string[] = [];
        for await (const { id } of staging.listStale(before)) listed.push(id);
        return listed.sort();
      };
      expect(await list(new Date(Date.now() + 60_000))).toEqual(ids.sort());
      expect(await list(new Date(Date.now() - 60_000))).toEqual([]);
    });
  });
}
