import { totalmem } from 'node:os';
import { LRUCache } from 'lru-cache';
import type { StoredBytes } from '#lib/blobs/verified/verified-reads.ts';

/** Of the machine, or of the container when that has less (0: nobody has set it a limit). */
const MEMORY_BYTES = Math.min(totalmem(), process.constrainedMemory() || Infinity);
const MAX_BYTES = Math.min(128 * 1024 * 1024, MEMORY_BYTES / 32);
const MAX_SEEN = 20_000;

/** The parts of one file by their number, each as large as a buffer of buffer-pool.ts. */
export type HotFile = {
  /** At least its first `neededBytes`. */
  find: (part: number, neededBytes: number) => Buffer | null;
  /** Whether it was asked for before, so that it may be asked for again: what everybody reads once would only push others out. */
  isWanted: (part: number) => boolean;
  /** `bytes` are never written to again. */
  keep: (part: number, bytes: Buffer) => void;
};

/**
 * What is pulled again and again, in memory: to read it from the disk's cache costs a way to another thread and a copy, as much as
 * to send it. Good for as long as a file is stored in the version that was read.
 */
export class HotParts {
  readonly #known = new LRUCache<string, { version: string; bytes: Buffer }>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ bytes }) => Math.max(1, bytes.length),
  });
  readonly #seen = new LRUCache<string, string>({ max: MAX_SEEN });

  /** Null: a file that has no room as a whole would push itself out, part by part. */
  of({ sha256, version }: StoredBytes, sizeBytes: number): HotFile | null {
    if (sizeBytes > MAX_BYTES) return null;
    const keyOf = (part: number) => `${sha256} ${part}`;
    return {
      find: (part, neededBytes) => {
        const known = this.#known.get(keyOf(part));
        return known?.version === version && known.bytes.length >= neededBytes ? known.bytes : null;
      },
      isWanted: (part) => {
        const key = keyOf(part);
        if (this.#seen.get(key) === version) return true;
        this.#seen.set(key, version);
        return false;
      },
      keep: (part, bytes) => void this.#known.set(keyOf(part), { version, bytes }),
    };
  }
}
