import { Writable } from 'node:stream';
import type { Digest } from '#lib/oci/digest.ts';
import type { BlobStore } from './blob-store.ts';

/** All of a small blob; null when it is missing or larger than `maxBytes`. */
export async function readBlob(store: BlobStore, sha256: Digest, maxBytes: number): Promise<Buffer | null> {
  const blob = await store.open(sha256);
  if (!blob) return null;
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
