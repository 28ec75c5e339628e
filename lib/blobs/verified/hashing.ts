import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { damagedBlob, isDamage, type OpenBlob } from '#lib/blobs/blob-store.ts';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';

/** One hashing pass over a blob. `end` rejects on a digest mismatch, or when the last reader stops the pass. */
export type Hashing = { readers: number; end: Promise<void>; stop: () => void };

type Events = { onRight: () => void; onWrong: () => Promise<void>; onEnd: () => void };

export function startHashing(blob: OpenBlob, sha256: Digest, { onRight, onWrong, onEnd }: Events): Hashing {
  const hash = createHash('sha256');
  const hasher = new Writable({
    write(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      // Yield to other requests between the chunks of a large blob.
      setImmediate(done);
    },
  });
  const isRight = async () => {
    try {
      await blob.copyTo(hasher, null);
      return toDigest('sha256', hash.digest('hex')) === sha256;
    } catch (error) {
      if (isDamage(error)) return false;
      throw error;
    }
  };
  const run = async () => {
    if (await isRight()) return onRight();
    await onWrong();
    throw damagedBlob();
  };
  const stop = () => {
    onEnd();
    hasher.destroy();
  };
  const end = run().finally(onEnd);
  // Readers await it. Without readers, a rejection must not go unhandled.
  end.catch(() => undefined);
  return { readers: 0, end, stop };
}

/** Awaits `work`. @throws AppError `unavailable` once the reader disconnects */
export async function untilClosed(destination: Writable, work: Promise<void>): Promise<void> {
  const { promise: closed, reject } = Promise.withResolvers<never>();
  const onClose = () => reject(new AppError('unavailable', 'The reader went away.'));
  destination.once('close', onClose);
  if (destination.destroyed) onClose();
  try {
    await Promise.race([work, closed]);
  } finally {
    destination.off('close', onClose);
  }
}
