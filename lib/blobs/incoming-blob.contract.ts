// The contract of IncomingBlob, for every composition.
import { randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import { keyOf, sha256Of, sha512Of, streamOf, type Composition } from './blob-store.contract.ts';
import { HELD_BACK_BYTES, openBytes } from './blob-store.ts';
import type { IncomingBlob } from './incoming-blob.ts';
import { Intake } from './intake.ts';
import { readBlob } from './read-blob.ts';

const MIB = 1024 * 1024;

function openSource(): Readable {
  return new Readable({ read: () => undefined });
}

class Reader extends Writable {
  readonly chunks: Buffer[] = [];
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(Buffer.from(chunk));
    done();
  }
  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

async function read(incoming: IncomingBlob, range: ByteRange | null = null): Promise<Buffer> {
  const blob = await incoming.open();
  const reader = new Reader();
  try {
    await blob.copyTo(reader, range);
  } finally {
    await blob.close();
  }
  return reader.bytes;
}

export function describeIncomingBlob(name: string, openComposition: () => Promise<Composition>): void {
  describe(`${name}: an incoming blob`, () => {
    let opened: Composition;
    let incoming: IncomingBlob[];
    beforeEach(async () => {
      opened = await openComposition();
      incoming = [];
    });
    afterEach(async () => {
      for (const each of incoming) await each.close();
      await opened.close();
    });

    async function receive(digest: Digest, sizeBytes: number | null): Promise<IncomingBlob> {
      const blob = await new Intake(opened).receive({ digest, scope: 'site', sizeBytes });
      incoming.push(blob);
      return blob;
    }

    it('serves concurrent readers at any offset while it arrives, and is stored', async () => {
      const bytes = randomBytes(3 * MIB);
      const blob = await receive(sha256Of(bytes), bytes.length);
      const source = openSource();
      const appending = blob.append(source);
      const readers = [
        read(blob),
        read(blob),
        read(blob, { start: 1000, end: 2000 }),
        read(blob, { start: 2 * MIB, end: 3 * MIB - 1 }),
      ];
      for (let at = 0; at < bytes.length; at += 200_000) {
        source.push(bytes.subarray(at, at + 200_000));
        await nextTurn();
      }
      source.push(null);
      expect(await appending).toBe('complete');
      expect(await blob.commit()).toEqual({ sha256: sha256Of(bytes), sha512: null, sizeBytes: bytes.length });
      const late = await read(blob);
      const [first, second, middle, end] = await Promise.all(readers);
      for (const whole of [first, second, late]) expect(whole?.equals(bytes)).toBe(true);
      expect(middle?.equals(bytes.subarray(1000, 2001))).toBe(true);
      expect(end?.equals(bytes.subarray(2 * MIB))).toBe(true);
      const stored = await openBytes(opened.store, keyOf(bytes));
      expect(stored && (await readBlob(stored, 4 * MIB))?.equals(bytes)).toBe(true);
    });

    it('serves received bytes but withholds the end until the digest is verified', async () => {
      const bytes = randomBytes(200_000);
      const blob = await receive(sha256Of(bytes), bytes.length);
      const source = openSource();
      const appending = blob.append(source);
      const opening = await blob.open();
      const reader = new Reader();
      const copying = opening.copyTo(reader, null);
      source.push(bytes.subarray(0, 10_000));
      await expect.poll(() => reader.bytes.length).toBe(10_000);
      source.push(bytes.subarray(10_000));
      source.push(null);
      await appending;
      await expect.poll(() => reader.bytes.length).toBe(bytes.length - HELD_BACK_BYTES);
      await nextTurn();
      expect(reader.bytes.length).toBe(bytes.length - HELD_BACK_BYTES);
      await blob.commit();
      await copying;
      await opening.close();
      expect(reader.bytes.equals(bytes)).toBe(true);
    });

    it('with a wrong digest, is never served completely or stored', async () => {
      const bytes = randomBytes(300_000);
      for (const digest of [sha256Of(Buffer.from('else')), sha512Of(Buffer.from('else'))]) {
        const blob = await receive(digest, bytes.length);
        const reading = read(blob);
        reading.catch(() => undefined);
        await blob.append(streamOf(bytes));
        await expect(blob.commit()).rejects.toMatchObject({ code: 'digest_mismatch' });
        await expect(reading).rejects.toMatchObject({ code: 'digest_mismatch' });
        await expect(read(blob)).rejects.toMatchObject({ code: 'digest_mismatch' });
      }
      expect(await opened.store.open(keyOf(bytes))).toBeNull();
      expect(await stagedIds()).toEqual([]);
    });

    it('resumes after a source is interrupted', async () => {
      const bytes = randomBytes(MIB);
      const blob = await receive(sha256Of(bytes), bytes.length);
      const reading = read(blob);
      const source = openSource();
      const appending = blob.append(source);
      source.push(bytes.subarray(0, 300_000));
      await expect.poll(() => blob.receivedBytes).toBe(300_000);
      source.destroy(new Error('connection reset'));
      expect(await appending).toBe('broken');
      expect(blob.receivedBytes).toBe(300_000);
      expect(await blob.append(streamOf(bytes.subarray(300_000)))).toBe('complete');
      await blob.commit();
      expect((await reading).equals(bytes)).toBe(true);
    });

    it('is rejected when its size differs from the announced size', async () => {
      const bytes = randomBytes(100_000);
      const small = await receive(sha256Of(bytes), bytes.length - 1);
      await expect(small.append(streamOf(bytes))).rejects.toMatchObject({ code: 'size_mismatch' });
      await small.fail(new AppError('size_mismatch', 'x'));
      const large = await receive(sha256Of(bytes), bytes.length + 1);
      await large.append(streamOf(bytes));
      await expect(large.commit()).rejects.toMatchObject({ code: 'size_mismatch' });
      expect(await stagedIds()).toEqual([]);
    });

    it('of unknown size, is readable once complete', async () => {
      const bytes = randomBytes(150_000);
      const blob = await receive(sha512Of(bytes), null);
      const reading = read(blob);
      await blob.append(streamOf(bytes));
      expect(await blob.commit()).toMatchObject({ sha512: sha512Of(bytes), sizeBytes: bytes.length });
      expect((await reading).equals(bytes)).toBe(true);
    });

    it('fails every reader with the reason for its failure, and leaves nothing behind', async () => {
      const blob = await receive(sha256Of(Buffer.from('x')), 500_000);
      const readings = [read(blob), read(blob)];
      for (const reading of readings) reading.catch(() => undefined);
      await blob.append(streamOf(randomBytes(1000)));
      await blob.fail(new AppError('unavailable', 'The file is gone.'));
      for (const reading of readings) await expect(reading).rejects.toMatchObject({ code: 'unavailable' });
      expect(await stagedIds()).toEqual([]);
    });

    it('keeps serving other readers when one disconnects', async () => {
      const bytes = randomBytes(200_000);
      const blob = await receive(sha256Of(bytes), bytes.length);
      const opening = await blob.open();
      const gone = new Writable({ write: (_chunk, _encoding, done) => done() });
      const copying = opening.copyTo(gone, null);
      const other = read(blob);
      setImmediate(() => gone.destroy());
      await expect(copying).rejects.toMatchObject({ code: 'unavailable' });
      await opening.close();
      await blob.append(streamOf(bytes));
      await blob.commit();
      expect((await other).equals(bytes)).toBe(true);
    });

    async function stagedIds(): Promise<string[]> {
      const ids: string[] = [];
      for await (const { id } of opened.staging.listStale(new Date(Date.now() + 60_000))) ids.push(id);
      return ids;
    }
  });
}
