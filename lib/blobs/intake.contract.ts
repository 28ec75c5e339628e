// The contract of Intake, for every composition.
import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '#lib/oci/digest.ts';
import { keyOf, sha256Of, sha512Of, streamOf, type Composition } from './blob-store.contract.ts';
import { openBytes } from './blob-store.ts';
import { Intake } from './intake.ts';
import { readBlob } from './read-blob.ts';
import type { StagedWriter } from './staging-area.ts';

const ANYWHERE = { offsetBytes: null, expectedBytes: null };
const MIB = 1024 * 1024;
const NOTHING = Buffer.alloc(0);

export function describeIntake(name: string, openComposition: () => Promise<Composition>): void {
  describe(`${name}: an intake`, () => {
    let opened: Composition;
    let intake: Intake;
    beforeEach(async () => {
      opened = await openComposition();
      intake = new Intake(opened);
    });
    afterEach(() => opened.close());

    async function begin(bytes = NOTHING): Promise<StagedWriter> {
      const writer = { id: randomUUID(), fence: 0n };
      await intake.begin(writer.id);
      if (bytes.length > 0) await intake.append(writer, streamOf(bytes), ANYWHERE);
      return writer;
    }

    const finish = (writer: StagedWriter, digest: Digest) => intake.finish(writer, { digest, scope: 'site' });

    async function readAll(bytes: Buffer): Promise<Buffer | null> {
      const blob = await openBytes(opened.store, keyOf(bytes));
      return blob && readBlob(blob, 8 * MIB);
    }

    it('stores an upload sent in several requests, including bytes in the finishing one', async () => {
      const bytes = randomBytes(MIB);
      const writer = await begin(bytes.subarray(0, 1000));
      const options = { offsetBytes: 1000, expectedBytes: 500_000 };
      expect(await intake.append(writer, streamOf(bytes.subarray(1000, 501_000)), options)).toBe(501_000);
      const last = { source: streamOf(bytes.subarray(501_000)), options: ANYWHERE };
      const stored = await intake.finish(writer, { digest: sha256Of(bytes), scope: 'site', last });
      expect(stored).toEqual({ sha256: sha256Of(bytes), sha512: null, sizeBytes: MIB });
      expect((await readAll(bytes))?.equals(bytes)).toBe(true);
      expect(await intake.readSize(writer.id)).toBeNull();
    });

    it('verifies a SHA-512 digest', async () => {
      const bytes = randomBytes(70_000);
      const stored = await finish(await begin(bytes), sha512Of(bytes));
      expect(stored).toEqual({ sha256: sha256Of(bytes), sha512: sha512Of(bytes), sizeBytes: 70_000 });
    });

    it('rejects a wrong digest and stores nothing', async () => {
      const writer = await begin(Buffer.from('one'));
      for (const wrong of [sha256Of(Buffer.from('two')), sha512Of(Buffer.from('two'))]) {
        await expect(finish(writer, wrong)).rejects.toMatchObject({ code: 'digest_mismatch' });
      }
      expect(await opened.store.open(keyOf(Buffer.from('one')))).toBeNull();
      expect(await intake.readSize(writer.id)).toBe(3);
    });

    it('rejects a wrong offset or size and keeps the earlier bytes', async () => {
      const writer = await begin(Buffer.from('12345'));
      for (const [options, code] of [
        [{ offsetBytes: 4, expectedBytes: null }, 'range_invalid'],
        [{ offsetBytes: 6, expectedBytes: null }, 'range_invalid'],
        [{ offsetBytes: 5, expectedBytes: 2 }, 'size_mismatch'],
        [{ offsetBytes: 5, expectedBytes: 4 }, 'size_mismatch'],
      ] as const) {
        await expect(intake.append(writer, streamOf(Buffer.from('678')), options)).rejects.toMatchObject({ code });
        expect(await intake.readSize(writer.id)).toBe(5);
      }
      await intake.append(writer, streamOf(Buffer.from('678')), { offsetBytes: 5, expectedBytes: 3 });
      expect(await finish(writer, sha256Of(Buffer.from('12345678')))).toMatchObject({ sizeBytes: 8 });
    });

    it('enforces the size limit and keeps the earlier bytes', async () => {
      const writer = await begin(Buffer.from('12345'));
      for (const options of [ANYWHERE, { offsetBytes: 5, expectedBytes: 4 }, { offsetBytes: 5, expectedBytes: null }]) {
        const limits = { offsetBytes: options.offsetBytes, expectedBytes: options.expectedBytes, maxBytes: 8 };
        const appending = intake.append(writer, streamOf(Buffer.from('6789')), limits);
        await expect(appending).rejects.toMatchObject({ code: 'too_large' });
        expect(await intake.readSize(writer.id)).toBe(5);
      }
      const announced = { offsetBytes: 5, expectedBytes: null, announcedBytes: 4, maxBytes: 8 };
      const source = streamOf(Buffer.from('6789'));
      await expect(intake.append(writer, source, announced)).rejects.toMatchObject({ code: 'too_large' });
      expect(source.readableDidRead).toBe(false);
      const short = intake.append(writer, streamOf(Buffer.from('678')), {
        offsetBytes: 5,
        expectedBytes: 2,
        maxBytes: 8,
      });
      await expect(short).rejects.toMatchObject({ code: 'size_mismatch' });
      await intake.append(writer, streamOf(Buffer.from('678')), {
        offsetBytes: null,
        expectedBytes: null,
        maxBytes: 8,
      });
      expect(await finish(writer, sha256Of(Buffer.from('12345678')))).toMatchObject({ sizeBytes: 8 });
    });

    it('truncates to the earlier bytes when a claim is rejected', async () => {
      const writer = await begin(Buffer.from('12345'));
      const claim = () => Promise.reject(new Error('over quota'));
      const options = { offsetBytes: null, expectedBytes: null, claim };
      await expect(intake.append(writer, streamOf(randomBytes(1000)), options)).rejects.toThrow('over quota');
      expect(await intake.readSize(writer.id)).toBe(5);
      expect(await finish(writer, sha256Of(Buffer.from('12345')))).toMatchObject({ sizeBytes: 5 });
    });

    it('keeps the bytes received before an interruption, and resumes after them', async () => {
      const bytes = randomBytes(MIB);
      const writer = await begin();
      const source = new Readable({ read: () => undefined });
      const appending = intake.append(writer, source, ANYWHERE);
      source.push(bytes.subarray(0, 600_000));
      await expect.poll(() => source.readableLength).toBe(0);
      source.destroy(new Error('connection reset'));
      await expect(appending).rejects.toMatchObject({ code: 'upload_invalid' });
      expect(await intake.readSize(writer.id)).toBe(600_000);
      await intake.append(writer, streamOf(bytes.subarray(600_000)), ANYWHERE);
      expect(await finish(writer, sha256Of(bytes))).toMatchObject({ sizeBytes: MIB });
    });

    it('continues an upload begun by another instance, as after a restart', async () => {
      const bytes = randomBytes(300_000);
      const writer = await begin(bytes.subarray(0, 123_456));
      const restarted = new Intake(opened);
      await restarted.append(writer, streamOf(bytes.subarray(123_456)), ANYWHERE);
      const again = new Intake(opened);
      const finishing = again.finish(writer, { digest: sha256Of(bytes), scope: 'site' });
      expect(await finishing).toMatchObject({ sizeBytes: 300_000 });
    });

    it('allows one writer at a time per upload', async () => {
      const writer = await begin();
      const source = new Readable({ read: () => undefined });
      const appending = intake.append(writer, source, ANYWHERE);
      const other = intake.append(writer, streamOf(Buffer.from('x')), ANYWHERE);
      await expect(other).rejects.toMatchObject({ code: 'range_invalid' });
      await expect(finish(writer, sha256Of(NOTHING))).rejects.toMatchObject({ code: 'range_invalid' });
      source.push(null);
      await appending;
      expect(await finish(writer, sha256Of(NOTHING))).toMatchObject({ sizeBytes: 0 });
    });

    it('stores the same blob from concurrent uploads', async () => {
      const bytes = randomBytes(100_000);
      const writers = await Promise.all(Array.from({ length: 8 }, () => begin(bytes)));
      await Promise.all(writers.map((writer) => finish(writer, sha256Of(bytes))));
      expect((await readAll(bytes))?.equals(bytes)).toBe(true);
    });

    it('forgets a discarded upload', async () => {
      const writer = await begin(Buffer.from('x'));
      await intake.discard(writer.id);
      await intake.discard(writer.id);
      expect(await intake.readSize(writer.id)).toBeNull();
      const appending = intake.append(writer, streamOf(Buffer.from('y')), ANYWHERE);
      await expect(appending).rejects.toMatchObject({ code: 'upload_not_found' });
      await expect(finish(writer, sha256Of(Buffer.from('x')))).rejects.toMatchObject({ code: 'upload_not_found' });
    });

    it('moves an upload out of reach of its previous writer on takeover', async () => {
      const slow = await begin(Buffer.from('123'));
      const next = { id: randomUUID(), fence: 1n };
      await intake.takeOver(slow.id, next.id);
      await intake.append(slow, streamOf(Buffer.from('x')), ANYWHERE);
      await intake.append(next, streamOf(Buffer.from('45')), ANYWHERE);
      expect(await finish(next, sha256Of(Buffer.from('12345')))).toMatchObject({ sizeBytes: 5 });
      await intake.discard(slow.id);
      await expect(intake.takeOver(slow.id, randomUUID())).rejects.toMatchObject({ code: 'upload_not_found' });
    });
  });
}
