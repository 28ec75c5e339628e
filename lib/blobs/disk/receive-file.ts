import { writev } from 'node:fs';
import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';

const BATCH_BYTES = 256 * 1024;
const MAX_BATCH_CHUNKS = 256;
/** What may wait while a write is under way; from then on the source does. */
const MAX_WAITING_BYTES = 3 * BATCH_BYTES;
const MAX_WAIT_MS = 10;

/** `broken`: the source ended before its end; what came is written all the same. */
export type Received = { receivedBytes: number; outcome: 'complete' | 'broken' | 'over_limit' };

export type Sink = {
  fd: number;
  positionBytes: number;
  hash: { update: (chunk: Buffer) => unknown };
  limitBytes: number;
  /** Asked before each write, for the bytes of it; what it throws or rejects with ends everything. */
  claim?: (bytes: number) => MaybePromise<void>;
  /** Told how far the file is written. Then a source that is slow doesn't keep back what came already. */
  onWritten?: (endBytes: number) => void;
};

/**
 * Writes a stream to a file and through a hash, chunks some at a time; a slow disk holds the source back. One write after the
 * other, so that the file has no gap at any moment: after a crash its size is what can be gone on from. Rejects with the error of
 * the disk or of `claim`. Either way it settles only when no write is under way.
 */
export function receiveFile(source: Readable, sink: Sink): Promise<Received> {
  return new Promise((resolve, reject) => {
    let batch: Buffer[] = [];
    let batchBytes = 0;
    let receivedBytes = 0;
    let position = sink.positionBytes;
    let isWriting = false;
    let timer: NodeJS.Timeout | null = null;
    let outcome: Received['outcome'] | null = null;
    let failure: Error | null = null;
    // Node makes each part of a request's body for whoever reads it.
    const isOurs = source instanceof IncomingMessage;

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
        if (isOurs) for (const chunk of chunks) free(chunk);
        if (error) return fail(error);
        isWriting = false;
        position += lengthBytes;
        sink.onWritten?.(position);
        if (outcome || sink.onWritten || isBatchFull()) flush();
        if (!outcome && source.isPaused()) source.resume();
        settle();
      };
      try {
        const write = () => writeAll(sink.fd, chunks, position, onWritten);
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
    // An error is followed by 'close'; without a listener it would end the process.
    source.on('error', onBroken).on('close', onBroken).on('end', onEnd).on('data', onData).resume();
  });
}

/**
 * Gives the memory back at once. Left to the garbage collector, what a push brings makes it go through the whole heap several times a
 * second: that took a sixth of the CPU of pushes.
 */
function free(chunk: Buffer): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === chunk.byteLength) buffer.transfer(0);
}

/** A write to a disk that is nearly full may take only a part. */
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
