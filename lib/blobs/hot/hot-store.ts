import type {
  BlobBytes,
  BlobKey,
  BlobStat,
  BlobStore,
  DeleteOptions,
  OpenedBlob,
  OpenOptions,
  PutOptions,
} from '#lib/blobs/blob-store.ts';
import type { StagedVersion } from '#lib/blobs/staging-area.ts';
import { copyHot } from './copy-hot.ts';
import { HotParts } from './hot-parts.ts';

/**
 * Caches hot blobs in memory. A read from the page cache costs a thread switch and a copy, as much as sending the
 * bytes.
 */
export class HotStore implements BlobStore {
  readonly #inner: BlobStore;
  readonly #parts = new HotParts();

  constructor(inner: BlobStore) {
    this.#inner = inner;
  }

  async open(key: BlobKey, options: OpenOptions = {}): Promise<OpenedBlob | null> {
    const blob = await this.#inner.open(key, options);
    return blob?.kind === 'bytes' && !options.isRaw ? this.#cache(key, blob) : blob;
  }

  openCached(key: BlobKey): BlobBytes | null {
    const blob = this.#inner.openCached(key);
    return blob && this.#cache(key, blob);
  }

  #cache(key: BlobKey, blob: BlobBytes): BlobBytes {
    const hot = this.#parts.of(key, blob);
    if (!hot) return blob;
    const { kind, sizeBytes, version, close } = blob;
    return {
      kind,
      sizeBytes,
      version,
      copyTo: (destination, range) => copyHot(blob, hot, destination, range ?? { start: 0, end: sizeBytes - 1 }),
      close,
    };
  }

  stat(key: BlobKey): Promise<BlobStat | null> {
    return this.#inner.stat(key);
  }

  put(key: BlobKey, staged: StagedVersion, options?: PutOptions): Promise<string | null> {
    return this.#inner.put(key, staged, options);
  }

  delete(key: BlobKey, options?: DeleteOptions): Promise<boolean> {
    return this.#inner.delete(key, options);
  }

  list(): AsyncIterable<BlobKey & { sizeBytes: number; changedAt: Date }> {
    return this.#inner.list();
  }
}
