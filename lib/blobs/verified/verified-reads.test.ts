import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AppError } from '#lib/platform/errors.ts';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { sha256Of } from '#lib/blobs/blob-store.contract.ts';
import { VerifiedReads } from './verified-reads.ts';

const BYTES = randomBytes(300_000);
const RIGHT = { sha256: sha256Of(BYTES), version: '1' };
const WRONG = { sha256: sha256Of(Buffer.from('else')), version: '1' };

class Reader extends Writable {
  bytes = Buffer.alloc(0);
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    done();
  }
}

/** A store of one blob, which counts its copies. `delayMs`: how long it takes for each. */
function openStore(delayMs = 0) {
  const seen = { copies: 0, closed: 0, damage: [] as string[] };
  const reads = new VerifiedReads(({ sha256 }) => {
    seen.damage.push(sha256);
    return Promise.resolve();
  });
  const blob: OpenBlob = {
    sizeBytes: BYTES.length,
    copyTo: async (destination, range) => {
      seen.copies += 1;
      await sleep(delayMs);
      if (destination.destroyed) throw new AppError('unavailable', 'The reader went away.');
      const { start, end } = range ?? { start: 0, end: BYTES.length - 1 };
      await new Promise((done) => destination.write(BYTES.subarray(start, end + 1), done));
    },
    close: () => Promise.resolve(void (seen.closed += 1)),
  };
  const open = (stored = RIGHT) => reads.guard(stored, blob, () => Promise.resolve('1'));
  return { seen, reads, open };
}

async function read(blob: OpenBlob, range: { start: number; end: number } | null = null): Promise<Reader> {
  const reader = new Reader();
  await blob.copyTo(reader, range).finally(() => blob.close());
  return reader;
}

test('a blob is hashed for the first who reads it, and then only sent', async () => {
  const { seen, open } = openStore();
  expect((await read(open())).bytes.equals(BYTES)).toBe(true);
  // Once through the hash; the part before the last bytes, and those.
  expect(seen.copies).toBe(3);
  expect((await read(open())).bytes.equals(BYTES)).toBe(true);
  expect(seen).toMatchObject({ copies: 4, closed: 2, damage: [] });
  // Written to meanwhile, or another file in its place.
  await read(open({ ...RIGHT, version: '2' }));
  expect(seen.copies).toBe(7);
});

test('what was hashed as it came is not hashed again, nor are parts', async () => {
  const { seen, reads, open } = openStore();
  const part = { start: 0, end: BYTES.length - 2 };
  expect((await read(open(), part)).bytes.length).toBe(BYTES.length - 1);
  expect(seen.copies).toBe(1);
  reads.remember(RIGHT);
  await read(open());
  expect(seen.copies).toBe(2);
});

test('wrong bytes: nobody gets the last of them, by whatever range, and they are told of once', async () => {
  const { seen, reads, open } = openStore(5);
  const whole = { start: 0, end: BYTES.length - 1 };
  const readers = Array.from({ length: 6 }, () => new Reader());
  const copies = readers.map((reader, i) => open(WRONG).copyTo(reader, i % 2 === 0 ? null : whole));
  for (const result of await Promise.allSettled(copies)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'blob_not_found' } });
  }
  for (const { bytes } of readers) expect(bytes.length).toBeLessThan(BYTES.length);
  // One look for all of them.
  expect(seen).toMatchObject({ copies: 7, damage: [WRONG.sha256] });
  expect(reads.isKnownWrong(WRONG.sha256, () => WRONG.version)).toBe(true);
  expect(reads.isKnownWrong(WRONG.sha256, () => '2')).toBe(false);
});

test('who leaves while it is hashed is no harm to the others, and the last one ends it', async () => {
  const { seen, open } = openStore(20);
  const [first, second] = [new Reader(), new Reader()];
  const blob = open();
  const leaving = blob.copyTo(first, null);
  const staying = open().copyTo(second, null);
  first.destroy();
  await expect(leaving).rejects.toMatchObject({ code: 'unavailable' });
  await blob.close();
  await staying;
  expect(second.bytes.equals(BYTES)).toBe(true);

  const alone = open({ ...RIGHT, version: '2' });
  const third = new Reader();
  const copying = alone.copyTo(third, null);
  third.destroy();
  await expect(copying).rejects.toMatchObject({ code: 'unavailable' });
  await alone.close();
  expect(seen.closed).toBe(2);
  await read(open({ ...RIGHT, version: '2' }));
  expect(seen.damage).toEqual([]);
});
