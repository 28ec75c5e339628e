import { writev } from 'node:fs';
import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { freeMemory } from '#lib/blobs/free-memory.ts';
import type { Received, Sink } from '#lib/blobs/staging-area.ts';

const BATCH_BYTES = 512 * 1024;
const MAX_BATCH_CHUNKS = 256;
/** Pauses the source when this much waits behind the write in flight. */
const MAX_WAITING_BYTES = BATCH_BYTES;
const MAX_WAIT_MS = 10;

/**
 * Writes a stream to a file in batches and hashes it. A slow disk applies backpressure to the source. Only one write is
 * in flight, so the file never has a gap and its size is the resume offset after a crash. Rejects with the error of the
 * disk or of `claim`, and settles only when no write is in flight.
 */
export function receiveFile(source: Readable, fd: number, sink: Sink): Promise<Received> {
  return new Promise((resolve, reject) => {
    let batch: Buffer[] = [];
    let batchBytes = 0;
    let receivedBytes = 0;
    let position = sink.offsetBytes;
    let isWriting = false;
    let timer: NodeJS.Timeout | null = null;
    let outcome: Received['outcome'] | null = null;
    let failure: Error | null = null;
    // Node allocates each chunk of a request body separately, so no other code shares its memory.
    const isOurs = sink.ownsChunks ?? source instanceof IncomingMessage;

    const settle = () => {
      if (isWriting || (!failure && !outcome)) return;
      if (failure) reject(failure);
      else if (outcome) resolve({ receivedBytes, outcome });
    };
    const fail = (error: Error) => {
      isWriting = false;
      failure = error;
      stop();
      settle();
    };
    const isBatchFull = () => batchBytes >= BATCH_BYTES || batch.length >= MAX_BATCH_CHUNKS;
    const flush = () => {
      if (timer) clearTimeout(timer);
      timer = null;
      if (isWriting || batch.length === 0 || failure) return;
      const lengthBytes = batchBytes;
      const chunks = batch;
      isWriting = true;
      batch = [];
      batchBytes = 0;
      const onWritten = (error: Error | null) => {
        if (isOurs) for (const chunk of chunks) freeMemory(chunk);
        if (error) return fail(error);
        isWriting = false;
        position += lengthBytes;
        sink.onWritten?.(position);
        if (outcome || sink.onWritten || isBatchFull()) flush();
        if (!outcome && source.isPaused()) source.resume();
        settle();
      };
      try {
        const write = () => writeAll(fd, chunks, position, onWritten);
        const claimed = sink.claim?.(lengthBytes);
        if (claimed) claimed.then(write, fail);
        else write();
      } catch (error) {
        fail(error as Error);
      }
    };
    const onData = (chunk: Buffer) => {
      if (receivedBytes + chunk.length > sink.limitBytes) return end('over_limit');
      receivedBytes += chunk.length;
      sink.hash.update(chunk);
      batch.push(chunk);
      batchBytes += chunk.length;
      if (isBatchFull()) flush();
      else if (sink.onWritten) timer ??= setTimeout(flush, MAX_WAIT_MS);
      if (isWriting && batchBytes >= MAX_WAITING_BYTES) source.pause();
    };
    const stop = () => {
      if (timer) clearTimeout(timer);
      source.off('data', onData).off('end', onEnd).off('close', onBroken).pause();
    };
    const end = (how: Received['outcome']) => {
      if (outcome || failure) return;
      outcome = how;
      stop();
      flush();
      settle();
    };
    const onEnd = () => end('complete');
    const onBroken = () => end('broken');

    if (source.readableEnded) return end('complete');
    if (source.destroyed) return end('broken');
    // 'close' follows 'error', but an 'error' without a listener would crash the process.
    source.on('error', onBroken).on('close', onBroken).on('end', onEnd).on('data', onData).resume();
  });
}

/** Retries the rest after a partial write, which happens on a nearly full disk. */
function writeAll(fd: number, chunks: Buffer[], position: number, done: (error: Error | null) => void): void {
  writev(fd, chunks, position, (error, writtenBytes) => {
    if (error) return done(error);
    const rest = dropBytes(chunks, writtenBytes);
    if (rest.length === 0) return done(null);
    writeAll(fd, rest, position + writtenBytes, done);
  });
}

function dropBytes(chunks: Buffer[], count: number): Buffer[] {
  const rest: Buffer[] = [];
  let left = count;
  for (const chunk of chunks) {
    if (left < chunk.length) rest.push(left > 0 ? chunk.subarray(left) : chunk);
    left = Math.max(0, left - chunk.length);
  }
  return rest;
}
