import { LRUCache } from 'lru-cache';
import type { Digest } from '#lib/oci/digest.ts';
import type { StoredBytes } from './verified-reads.ts';

/** Configs and most layers of small images. A larger one costs a way to the disk that is nothing beside sending it. */
export const SMALL_BYTES = 1024 * 1024;
const MAX_BYTES = 64 * 1024 * 1024;

type Small = { version: string; bytes: Buffer };

/** What was read of small blobs as a whole, for the next readers. Good for as long as the blob is stored in that version. */
export class SmallBlobs {
  readonly #known = new LRUCache<Digest, Small>({
    ...{ maxSize: MAX_BYTES, sizeCalculation: ({ bytes }) => Math.max(1, bytes.length) },
  });

  find({ sha256, version }: StoredBytes): Buffer | null {
    const known = this.#known.get(sha256);
    return known?.version === version ? known.bytes : null;
  }

  keep({ sha256, version }: StoredBytes, bytes: Buffer): void {
    this.#known.set(sha256, { version, bytes });
  }

  forget(sha256: Digest): void {
    this.#known.delete(sha256);
  }
}
