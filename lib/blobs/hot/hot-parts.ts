import { totalmem } from 'node:os';
import { LRUCache } from 'lru-cache';
import type { CacheCount } from '#lib/platform/metrics/cache-count.ts';
import { toMapKey, type BlobBytes, type BlobKey } from '#lib/blobs/blob-store.ts';

export const PART_BYTES = 512 * 1024;
/** Memory of the machine, or of the container if its limit is lower (0: no limit). */
const MEMORY_BYTES = Math.min(totalmem(), process.constrainedMemory() || Infinity);
/** Of all processes of a machine together. */
const MAX_BYTES = Math.min(128 * 1024 * 1024, MEMORY_BYTES / 32);
const MAX_SEEN = 20_000;

/** The cached parts of one blob, by index. */
export type HotBlob = {
  /** Returns a part if at least `neededBytes` of it are cached, else null. */
  find: (part: number, neededBytes: number) => Buffer | null;
  /** Reports whether a part was read before. Caching parts on the first read would evict hotter ones. */
  isWanted: (part: number) => boolean;
  /** Records that a part is being read. */
  note: (part: number) => void;
  /** Caches the first bytes of a part. `bytes` must not change afterwards. */
  keep: (part: number, bytes: Buffer) => void;
};

/** Caches parts of blobs in memory. Each part is valid only for the blob version that it was read from. */
export class HotParts {
  readonly #maxBytes: number;
  readonly #known: LRUCache<string, { version: string; bytes: Buffer }>;
  readonly #seen = new LRUCache<string, string>({ max: MAX_SEEN });
  readonly counts: CacheCount;

  /** @param processes that share the memory */
  constructor(counts: CacheCount, processes = 1) {
    this.counts = counts;
    this.#maxBytes = MAX_BYTES / processes;
    this.#known = new LRUCache({
      maxSize: Math.floor(this.#maxBytes),
      sizeCalculation: ({ bytes }) => Math.max(1, bytes.length),
    });
  }

  /** Returns null for a blob larger than the cache, whose parts would evict each other. */
  of(key: BlobKey, { version, sizeBytes }: Pick<BlobBytes, 'version' | 'sizeBytes'>): HotBlob | null {
    if (sizeBytes > this.#maxBytes) return null;
    const name = toMapKey(key);
    const keyOf = (part: number) => `${name} ${part}`;
    return {
      find: (part, neededBytes) => {
        const known = this.#known.get(keyOf(part));
        return this.counts.note(known?.version === version && known.bytes.length >= neededBytes ? known.bytes : null);
      },
      isWanted: (part) => this.#seen.get(keyOf(part)) === version,
      note: (part) => void this.#seen.set(keyOf(part), version),
      keep: (part, bytes) => void this.#known.set(keyOf(part), { version, bytes }),
    };
  }
}
