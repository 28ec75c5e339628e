import type { OpenBlob } from './blob-store.ts';
import { collect } from './to-writable.ts';

/** Reads a small blob into memory and closes it. Resolves to null when it is larger than `maxBytes`. */
export async function readBlob(blob: OpenBlob, maxBytes: number): Promise<Buffer | null> {
  try {
    if (blob.sizeBytes > maxBytes) return null;
    return await collect((reader) => blob.copyTo(reader, null));
  } finally {
    await blob.close();
  }
}
