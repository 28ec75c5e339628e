import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Digest } from '#lib/oci/digest.ts';
import { BufferPool } from './buffer-pool.ts';
import { HotParts, type HotFile } from '#lib/blobs/hot/hot-parts.ts';
import { sendFile } from './send-file.ts';

const SHA256 = `sha256:${'a'.repeat(64)}` as Digest;
const BYTES = randomBytes(1_300_000);
const buffers = new BufferPool();

let path: string;
let file: FileHandle;
let parts: HotParts;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-send-'));
  path = join(folder, 'file');
  await writeFile(path, BYTES);
  file = await open(path, 'r');
  parts = new HotParts();
  onTestFinished(async () => {
    await file.close();
    await rm(folder, { recursive: true });
  });
});

async function send(hot: HotFile | null, start = 0, end = BYTES.length): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const reader = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      setImmediate(done);
    },
  });
  await sendFile({ fd: file.fd, startBytes: start, lengthBytes: end - start, hot }, reader, buffers);
  return Buffer.concat(chunks);
}

const stored = (version: string) => parts.of({ sha256: SHA256, version }, BYTES.length);

it('reads what was asked for twice from memory, whole and in part, while the version is the same', async () => {
  for (let time = 0; time < 2; time += 1) expect(await send(stored('1'))).toEqual(BYTES);
  const other = randomBytes(BYTES.length);
  await writeFile(path, other);
  expect(await send(stored('1'))).toEqual(BYTES);
  expect(await send(stored('1'), 500_000, 1_200_001)).toEqual(BYTES.subarray(500_000, 1_200_001));
  expect(await send(stored('2'))).toEqual(other);
  expect(await send(null)).toEqual(other);
});

it('keeps nothing of what was asked for once', async () => {
  await send(stored('1'));
  const other = randomBytes(BYTES.length);
  await writeFile(path, other);
  expect(await send(stored('1'))).toEqual(other);
});

it.each([
  [0, 100],
  [524_288, 524_289],
  [1_299_999, 1_300_000],
  [7, 600_000],
])('has all of the file after a part of it was asked for again and again: %i to %i', async (start, end) => {
  for (let time = 0; time < 3; time += 1) {
    expect(await send(stored('1'), start, end)).toEqual(BYTES.subarray(start, end));
  }
  for (let time = 0; time < 3; time += 1) expect(await send(stored('1'))).toEqual(BYTES);
});

it('keeps to the bytes it was asked for, however many readers there are', async () => {
  const ranges = Array.from({ length: 30 }, () => {
    const [a = 0, b = 0] = [Math.random(), Math.random()]
      .map((part) => Math.floor(part * BYTES.length))
      .sort((x, y) => x - y);
    return [a, b + 1] as const;
  });
  for (let time = 0; time < 3; time += 1) {
    const sent = await Promise.all(ranges.map(([start, end]) => send(stored('1'), start, end)));
    for (const [i, [start, end]] of ranges.entries()) expect(sent[i]?.equals(BYTES.subarray(start, end))).toBe(true);
  }
});

it('keeps nothing of a file that is too large to be kept', () => {
  expect(parts.of({ sha256: SHA256, version: '1' }, 2 ** 30)).toBeNull();
});
