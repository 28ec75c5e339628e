import { Writable } from 'node:stream';
import type { OpenBlob } from './blob-store.ts';

/** Reads a small blob into memory and closes it. Resolves to null when it is larger than `maxBytes`. */
export async function readBlob(blob: OpenBlob, maxBytes: number): Promise<Buffer | null> {
  try {
    if (blob.sizeBytes > maxBytes) return null;
    const chunks: Buffer[] = [];
    const collector = new Writable({
      write(chunk: Buffer, _encoding, done) {
        // Copied, because the store reuses its buffer.
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
