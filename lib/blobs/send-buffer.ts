import type { Writable } from 'node:stream';
import { AppError } from '#lib/platform/errors.ts';

const CHUNK_BYTES = 100_000;

export async function sendBuffer(bytes: Buffer, destination: Writable): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    await new Promise<void>((resolve, reject) => {
      const onClose = () => reject(new AppError('unavailable', 'The reader went away.'));
      if (destination.destroyed) return onClose();
      destination.once('close', onClose);
      destination.write(bytes.subarray(at, at + CHUNK_BYTES), (error) => {
        destination.off('close', onClose);
        if (error) reject(error);
        else resolve();
      });
    });
  }
}
