import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Bucket } from './bucket.ts';
import { storageBusy } from './s3-errors.ts';

/** Without any progress in between. */
const MAX_FAILURES = 4;
const RETRY_MS = 100;

/**
 * Writes a range of one version of an object to `destination`. Resumes where a broken response ended. Rejects rather
 * than end early.
 * @throws AppError `unavailable`
 */
export async function sendObject(
  bucket: Bucket,
  { key, etag }: { key: string; etag: string },
  { start, end }: ByteRange,
  destination: Writable,
): Promise<void> {
  const aborter = new AbortController();
  const { promise: closed, reject } = Promise.withResolvers<never>();
  closed.catch(() => undefined);
  const onClose = () => {
    reject(new AppError('unavailable', 'The reader went away.'));
    aborter.abort();
  };
  destination.once('close', onClose);
  if (destination.destroyed) onClose();
  try {
    let position = start;
    for (let failures = 0; position <= end;) {
      const range = { start: position, end };
      const read = () => bucket.read(key, { range, etag, signal: aborter.signal });
      const { sentBytes, error } = await Promise.race([closed, sendOnce(read, destination, closed)]);
      position += sentBytes;
      if (position > end) return;
      failures = sentBytes > 0 ? 1 : failures + 1;
      if (failures > MAX_FAILURES) throw storageBusy(error);
      await Promise.race([closed, sleep(RETRY_MS * 2 ** failures * (0.5 + Math.random()))]);
    }
  } finally {
    destination.off('close', onClose);
    aborter.abort();
  }
}

type Sent = { sentBytes: number; error: unknown };

/** Reads once and reports how far it came. A missing object is permanent, and so are errors of the destination. */
async function sendOnce(
  read: () => Promise<Readable | null>,
  destination: Writable,
  closed: Promise<never>,
): Promise<Sent> {
  let sentBytes = 0;
  const body = await read();
  if (!body) throw new AppError('unavailable', 'The stored blob is missing or has changed.');
  // One write is in flight while the next chunk arrives.
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      await Promise.race([closed, writing]);
      writing = write(destination, chunk);
      writing.catch(() => undefined);
      sentBytes += chunk.length;
    }
    await Promise.race([closed, writing]);
    return { sentBytes, error: null };
  } catch (error) {
    if (destination.destroyed) throw error;
    await Promise.race([closed, writing]);
    return { sentBytes, error };
  } finally {
    body.destroy();
  }
}

function write(destination: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    destination.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
