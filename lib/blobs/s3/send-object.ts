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
  const { signal } = aborter;
  const onClose = () => aborter.abort();
  destination.once('close', onClose);
  try {
    let position = start;
    for (let failures = 0; position <= end;) {
      if (destination.destroyed) throw readerGone();
      const body = await bucket.read(key, { range: { start: position, end }, etag, signal });
      if (!body) throw new AppError('unavailable', 'The stored blob is missing or has changed.');
      const { sentBytes, error } = await sendBody(body, destination);
      position += sentBytes;
      if (position > end) return;
      failures = sentBytes > 0 ? 1 : failures + 1;
      if (failures > MAX_FAILURES) throw storageBusy(error);
      await sleep(RETRY_MS * 2 ** failures * (0.5 + Math.random()), undefined, { signal });
    }
  } catch (error) {
    throw signal.aborted ? readerGone(error) : error;
  } finally {
    destination.off('close', onClose);
    aborter.abort();
  }
}

/** Sends a body and reports how far it came. Errors of the destination are permanent. */
async function sendBody(body: Readable, destination: Writable): Promise<{ sentBytes: number; error: unknown }> {
  const onClose = () => void body.destroy();
  destination.once('close', onClose);
  let sentBytes = 0;
  // One write is in flight while the next chunk arrives.
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      await writing;
      writing = write(destination, chunk);
      writing.catch(() => undefined);
      sentBytes += chunk.length;
    }
    await writing;
    return { sentBytes, error: null };
  } catch (error) {
    if (destination.destroyed) throw error;
    await writing;
    return { sentBytes, error };
  } finally {
    destination.off('close', onClose);
    body.destroy();
  }
}

/** A destination that closes may never call back. */
function write(destination: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(readerGone());
    destination.once('close', onClose);
    destination.write(chunk, (error) => {
      destination.off('close', onClose);
      if (error) reject(error);
      else resolve();
    });
  });
}

function readerGone(cause?: unknown): AppError {
  return new AppError('unavailable', 'The reader went away.', { cause });
}
