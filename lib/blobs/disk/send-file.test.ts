import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { BufferPool } from './buffer-pool.ts';
import { sendFile } from './send-file.ts';

const BYTES = randomBytes(1_300_000);
const buffers = new BufferPool();

let path: string;
let file: FileHandle;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-send-'));
  path = join(folder, 'file');
  await writeFile(path, BYTES);
  file = await open(path, 'r');
  onTestFinished(async () => {
    await file.close();
    await rm(folder, { recursive: true });
  });
});

async function send(start: number, end: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const reader = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      setImmediate(done);
    },
  });
  await sendFile({ fd: file.fd, startBytes: start, lengthBytes: end - start }, reader, buffers);
  return Buffer.concat(chunks);
}

it.each([
  [0, 0],
  [0, 1],
  [0, 1_300_000],
  [524_288, 524_289],
  [1_299_999, 1_300_000],
  [7, 600_000],
])('sends the bytes from %i to %i', async (start, end) => {
  expect((await send(start, end)).equals(BYTES.subarray(start, end))).toBe(true);
});

it('fails when the file is shorter than the requested range', async () => {
  await truncate(path, 600_000);
  await expect(send(0, BYTES.length)).rejects.toMatchObject({ code: 'unavailable' });
});
