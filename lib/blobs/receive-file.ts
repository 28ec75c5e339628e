import { writev } from 'node:fs';
import type { Readable } from 'node:stream';

const BATCH_BYTES = 256 * 1024;
const MAX_BATCH_CHUNKS = 256;
const MAX_WRITES_IN_FLIGHT = 3;
const MAX_WAIT_MS = 10;

/** `broken`: the source ended before its end; what came is written all the same. */
export type Received = { receivedBytes: number; outcome: 'complete' | 'broken' | 'over_limit' };

export type Sink = {
  fd: number;
  positionBytes: number;
  hash: { update: (chunk: Buffer) => unknown };
  limitBytes: number;
  /** Told how far the file is written without a gap. Then a source that is slow doesn't keep back what came already. */
  onWritten?: (endBytes: number) => void;
};

/**
 * Writes a stream to a file and through a hash. Chunks are hashed as they come, since writes complete in any order, and
 * written some at a time; a slow disk holds the source back. Rejects with the error of the disk. Either way it settles only
 * when no write is under way.
 */
export function receiveFile(source: Readable, sink: Sink): Promise<Received> {
  return new Promise((resolve, reject) => {
    let batch: Buffer[] = [];
    let batchBytes = 0;
    let receivedBytes = 0;
    let position = sink.positionBytes;
    let writesInFlight = 0;
    const writes: { endBytes: number; isDone: boolean }[] = [];
    let timer: NodeJS.Timeout | null = null;
    let outcome: Received['outcome'] | null = null;
    let failure: Error | null = null;

    const settle = () => {
      if (writesInFlight > 0 || (!failure && !outcome)) return;
      if (failure) reject(failure);
      else if (outcome) resolve({ receivedBytes, outcome });
    };
    /** Writes end in any order; readers are told of what has no gap before it. */
    const advance = () => {
      let endBytes: number | null = null;
      while (writes[0]?.isDone) endBytes = writes.shift()?.endBytes ?? null;
      if (endBytes !== null) sink.onWritten?.(endBytes);
    };
    const flush = () => {
      if (timer) clearTimeout(timer);
      timer = null;
      if (batch.length === 0 || failure) return;
      const [chunks, at] = [batch, position];
      position += batchBytes;
      const write = { endBytes: position, isDone: false };
      writes.push(write);
      batch = [];
      batchBytes = 0;
      writesInFlight += 1;
      if (writesInFlight >= MAX_WRITES_IN_FLIGHT) source.pause();
      writeAll(sink.fd, chunks, at, (error) => {
        writesInFlight -= 1;
        if (error && !failure) {
          failure = error;
          stop();
        } else if (!outcome && source.isPaused()) source.resume();
        write.isDone = !error;
        advance();
        settle();
      });
    };
    const onData = (chunk: Buffer) => {
      if (receivedBytes + chunk.length > sink.limitBytes) return end('over_limit');
      receivedBytes += chunk.length;
      sink.hash.update(chunk);
      batch.push(chunk);
      batchBytes += chunk.length;
      if (batchBytes >= BATCH_BYTES || batch.length >= MAX_BATCH_CHUNKS) flush();
      else if (sink.onWritten) timer ??= setTimeout(flush, MAX_WAIT_MS);
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
