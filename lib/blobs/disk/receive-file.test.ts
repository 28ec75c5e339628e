// Delays writes, because a real disk can't be slowed down on demand.
import type * as Fs from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { receiveFile } from './receive-file.ts';

const disk = vi.hoisted(() => ({ inFlight: 0, mostInFlight: 0, delayMs: 0 }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof Fs>();
  const writev = (fd: number, chunks: Buffer[], position: number, done: (...args: unknown[]) => void) => {
    disk.inFlight += 1;
    disk.mostInFlight = Math.max(disk.mostInFlight, disk.inFlight);
    const finish = (...args: unknown[]) => {
      disk.inFlight -= 1;
      done(...args);
    };
    setTimeout(() => fs.writev(fd, chunks, position, finish), disk.delayMs);
  };
  return { ...fs, writev };
});

const CHUNK_BYTES = 64 * 1024;

async function openEmptyFile(name: string): Promise<FileHandle> {
  const path = join(tmpdir(), `vitrine-receive-${process.pid}-${name}`);
  const file = await open(path, 'w+');
  onTestFinished(async () => {
    await file.close();
    await rm(path);
  });
  return file;
}

test.each([0, 5])('never leaves a gap in a file, with writes that take %i ms', async (delayMs) => {
  Object.assign(disk, { mostInFlight: 0, delayMs });
  const file = await openEmptyFile(`slow-${delayMs}`);
  const bytes = randomBytes(100 * CHUNK_BYTES + 17);
  const source = new PassThrough({ highWaterMark: CHUNK_BYTES });
  const written: number[] = [];
  const hashed: Buffer[] = [];
  const receiving = receiveFile(source, file.fd, {
    offsetBytes: 0,
    limitBytes: bytes.length,
    hash: { update: (chunk) => hashed.push(Buffer.from(chunk)) },
    onWritten: (endBytes) => written.push(endBytes),
  });
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    if (!source.write(bytes.subarray(at, at + CHUNK_BYTES))) await new Promise((done) => source.once('drain', done));
  }
  source.end();
  expect(await receiving).toEqual({ receivedBytes: bytes.length, outcome: 'complete' });
  expect(disk.mostInFlight).toBe(1);
  expect(written).toEqual([...written].sort((a, b) => a - b));
  expect(written.at(-1)).toBe(bytes.length);
  expect(Buffer.concat(hashed).equals(bytes)).toBe(true);
  const stored = Buffer.alloc(bytes.length);
  await file.read(stored, 0, stored.length, 0);
  expect(stored.equals(bytes)).toBe(true);
});

test('frees the memory of a request body once it is written', async () => {
  Object.assign(disk, { delayMs: 2 });
  const file = await openEmptyFile('body');
  const bytes = randomBytes(20 * CHUNK_BYTES);
  const chunks: Buffer[] = [];
  let liveWhenHashed = 0;
  const receive = async (req: IncomingMessage) => {
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    const hash = { update: ({ length }: Buffer) => (liveWhenHashed += length) };
    return receiveFile(req, file.fd, { offsetBytes: 0, limitBytes: bytes.length, hash });
  };
  const server = createServer((req, res) => void receive(req).then((received) => res.end(JSON.stringify(received))));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'PUT', body: bytes });
  expect(await answer.json()).toEqual({ receivedBytes: bytes.length, outcome: 'complete' });
  expect(liveWhenHashed).toBe(bytes.length);
  expect(chunks.map(({ length }) => length)).toEqual(chunks.map(() => 0));
  const stored = Buffer.alloc(bytes.length);
  await file.read(stored, 0, stored.length, 0);
  expect(stored.equals(bytes)).toBe(true);
});
