import { Writable } from 'node:stream';
import type { OpenBlob } from './blob-store.ts';

/** All of a small blob, which it closes; null when it is larger than `maxBytes`. */
export async function readBlob(blob: OpenBlob, maxBytes: number): Promise<Buffer | null> {
  try {
    if (blob.sizeBytes > maxBytes) return null;
    const chunks: Buffer[] = [];
    const collector = new Writable({
      write(chunk: Buffer, _encoding, done) {
        // A copy: the store uses its buffer again.
        chunks.push(Buffer.from(chunk));
        done();
      },
    });
    await blob.copyTo(collector, null);
    return Buffer.concat(chunks);
  } finally {
    await blob.close();
  }
}
