import { statfsSync, type StatsFs } from 'node:fs';
import type { StoreSpace } from '#lib/blobs/volume.ts';
import { storageFull, toStorageError } from './storage-errors.ts';

const REREAD_MS = 1_000;
const MAX_DEFAULT_RESERVE_BYTES = 2 * 1024 ** 3;
const DEFAULT_RESERVE_SHARE = 0.05;

/**
 * Limits writes to the free space of the file system, less a reserve for the database. `statfs` is synchronous because
 * the kernel answers from memory. It runs at most once a second, unless a write is about to be rejected.
 */
export class DiskSpace {
  readonly #folder: string;
  readonly #reserveBytes: number | null;
  #roomBytes = 0;
  #readAtMs = -Infinity;

  /** Measures the file system of `folder`. `reserveBytes` null: 2 GB, or 5% of a file system smaller than 40 GB. */
  constructor(folder: string, reserveBytes: number | null) {
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
  }

  /** @throws AppError `unavailable` when the folder is missing, such as after an unmount */
  read(): StoreSpace {
    const { bavail, blocks, bsize } = this.#statfs();
    const totalBytes = blocks * bsize;
    const reserveBytes =
      this.#reserveBytes ?? Math.min(MAX_DEFAULT_RESERVE_BYTES, Math.floor(totalBytes * DEFAULT_RESERVE_SHARE));
    return { freeBytes: bavail * bsize, totalBytes, reserveBytes };
  }

  /** Rereads the free space before it rejects. @throws AppError `storage_full` or `unavailable` */
  require(bytes: number): void {
    if (performance.now() - this.#readAtMs > REREAD_MS) this.#reread();
    if (bytes <= this.#roomBytes) return;
    this.#reread();
    if (bytes <= this.#roomBytes) return;
    throw storageFull();
  }

  /** Reserves space for bytes about to be written. @throws AppError as `require` does */
  claim(bytes: number): void {
    this.require(bytes);
    this.#roomBytes -= bytes;
  }

  #statfs(): StatsFs {
    try {
      return statfsSync(this.#folder);
    } catch (error) {
      throw toStorageError(error);
    }
  }

  #reread(): void {
    const { freeBytes, reserveBytes } = this.read();
    this.#roomBytes = freeBytes - reserveBytes;
    this.#readAtMs = performance.now();
  }
}
