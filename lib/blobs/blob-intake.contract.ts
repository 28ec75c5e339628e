// What every BlobStore owes those who read a blob while it comes. Each implementation's test calls this once.
import { randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { BlobIntake, BlobStore } from './blob-store.ts';
import { sha256Of, sha512Of, streamOf, type StoreUnderTest } from './blob-store.contract.ts';
import { readBlob } from './read-blob.ts';

const MIB = 1024 * 1024;
const HELD_BACK = 64 * 1024;

/** A source that gives what it is told to, when it is told to. */
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

async function read(intake: BlobIntake, range: ByteRange | null = null): Promise<Buffer> {
  const blob = await intake.open();
  const reader = new Reader();
  try {
    await blob.copyTo(reader, range);
  } finally {
    await blob.close();
  }
  return reader.bytes;
}

export function describeBlobIntake(name: string, openStore: () => Promise<StoreUnderTest>): void {
  describe(`${name}: a blob that is coming`, () => {
    let opened: StoreUnderTest;
    let intakes: BlobIntake[];
    let store: Pick<BlobStore, 'open' | 'startIntake' | 'listStaged'>;
    beforeEach(async () => {
      opened = await openStore();
      intakes = [];
      const startIntake: BlobStore['startIntake'] = async (digest, sizeBytes) => {
        const intake = await opened.store.startIntake(digest, sizeBytes);
        intakes.push(intake);
        return intake;
      };
      store = { startIntake, open: (sha256) => opened.store.open(sha256), listStaged: () => opened.store.listStaged() };
    });
    afterEach(async () => {
      for (const intake of intakes) await intake.close();
      await opened.close();
    });

    it('is read by many while it comes, from any place, and stays', async () => {
      const bytes = randomBytes(3 * MIB);
      const intake = await store.startIntake(sha256Of(bytes), bytes.length);
      const source = openSource();
      const appending = intake.append(source);
      const readers = [
        read(intake),
        read(intake),
        read(intake, { start: 1000, end: 2000 }),
        read(intake, { start: 2 * MIB, end: 3 * MIB - 1 }),
      ];
      for (let at = 0; at < bytes.length; at += 200_000) {
        source.push(bytes.subarray(at, at + 200_000));
        await sleep(1);
      }
      source.push(null);
      expect(await appending).toBe('complete');
      expect(await intake.commit()).toEqual({ sha256: sha256Of(bytes), sha512: null, sizeBytes: bytes.length });
      const late = await read(intake);
      const [first, second, middle, end] = await Promise.all(readers);
      for (const whole of [first, second, late]) expect(whole?.equals(bytes)).toBe(true);
      expect(middle?.equals(bytes.subarray(1000, 2001))).toBe(true);
      expect(end?.equals(bytes.subarray(2 * MIB))).toBe(true);
      const blob = await store.open(sha256Of(bytes));
      expect(blob && (await readBlob(blob, 4 * MIB))?.equals(bytes)).toBe(true);
    });

    it('gives what came at once, but holds back the last part until the digest is right', async () => {
      const bytes = randomBytes(200_000);
      const intake = await store.startIntake(sha256Of(bytes), bytes.length);
      const source = openSource();
      const appending = intake.append(source);
      const blob = await intake.open();
      const reader = new Reader();
      const copying = blob.copyTo(reader, null);
      source.push(bytes.subarray(0, 10_000));
      await expect.poll(() => reader.bytes.length).toBe(10_000);
      source.push(bytes.subarray(10_000));
      source.push(null);
      await appending;
      await sleep(30);
      expect(reader.bytes.length).toBe(bytes.length - HELD_BACK);
      await intake.commit();
      await copying;
      await blob.close();
      expect(reader.bytes.equals(bytes)).toBe(true);
    });

    it('of a wrong digest is never whole for anybody, and not stored', async () => {
      const bytes = randomBytes(300_000);
      for (const digest of [sha256Of(Buffer.from('else')), sha512Of(Buffer.from('else'))]) {
        const intake = await store.startIntake(digest, bytes.length);
        const reading = read(intake);
        reading.catch(() => undefined);
        await intake.append(streamOf(bytes));
        await expect(intake.commit()).rejects.toMatchObject({ code: 'digest_mismatch' });
        await expect(reading).rejects.toMatchObject({ code: 'digest_mismatch' });
        await expect(read(intake)).rejects.toMatchObject({ code: 'digest_mismatch' });
      }
      expect(await store.open(sha256Of(bytes))).toBeNull();
      expect(await stagedIds()).toEqual([]);
    });

    it('goes on where a source broke off', async () => {
      const bytes = randomBytes(MIB);
      const intake = await store.startIntake(sha256Of(bytes), bytes.length);
      const reading = read(intake);
      const source = openSource();
      const appending = intake.append(source);
      source.push(bytes.subarray(0, 300_000));
      await sleep(20);
      source.destroy(new Error('connection reset'));
      expect(await appending).toBe('broken');
      expect(intake.receivedBytes).toBe(300_000);
      expect(await intake.append(streamOf(bytes.subarray(300_000)))).toBe('complete');
      await intake.commit();
      expect((await reading).equals(bytes)).toBe(true);
    });

    it('is refused when more or fewer bytes come than announced', async () => {
      const bytes = randomBytes(100_000);
      const small = await store.startIntake(sha256Of(bytes), bytes.length - 1);
      await expect(small.append(streamOf(bytes))).rejects.toMatchObject({ code: 'size_mismatch' });
      await small.fail(new AppError('size_mismatch', 'x'));
      const large = await store.startIntake(sha256Of(bytes), bytes.length + 1);
      await large.append(streamOf(bytes));
      await expect(large.commit()).rejects.toMatchObject({ code: 'size_mismatch' });
      expect(await stagedIds()).toEqual([]);
    });

    it('of unknown size is read once all of it is here', async () => {
      const bytes = randomBytes(150_000);
      const intake = await store.startIntake(sha512Of(bytes), null);
      const reading = read(intake);
      await intake.append(streamOf(bytes));
      expect(await intake.commit()).toMatchObject({ sha512: sha512Of(bytes), sizeBytes: bytes.length });
      expect((await reading).equals(bytes)).toBe(true);
    });

    it('that fails tells every reader why, and leaves nothing', async () => {
      const intake = await store.startIntake(sha256Of(Buffer.from('x')), 500_000);
      const readings = [read(intake), read(intake)];
      for (const reading of readings) reading.catch(() => undefined);
      await intake.append(streamOf(randomBytes(1000)));
      await intake.fail(new AppError('unavailable', 'It went away.'));
      for (const reading of readings) await expect(reading).rejects.toMatchObject({ code: 'unavailable' });
      expect(await stagedIds()).toEqual([]);
    });

    it('is left by a reader that goes away, without harm to the others', async () => {
      const bytes = randomBytes(200_000);
      const intake = await store.startIntake(sha256Of(bytes), bytes.length);
      const blob = await intake.open();
      const gone = new Writable({ write: (_chunk, _encoding, done) => done() });
      const copying = blob.copyTo(gone, null);
      const other = read(intake);
      setTimeout(() => gone.destroy(), 10);
      await expect(copying).rejects.toMatchObject({ code: 'unavailable' });
      await blob.close();
      await intake.append(streamOf(bytes));
      await intake.commit();
      expect((await other).equals(bytes)).toBe(true);
    });

    async function stagedIds(): Promise<string[]> {
      const ids: string[] = [];
      for await (const { id } of store.listStaged()) ids.push(id);
      return ids;
    }
  });
}
