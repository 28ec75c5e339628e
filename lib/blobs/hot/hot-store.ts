import { BlobStoreDecorator } from '#lib/blobs/blob-store-decorator.ts';
import type { BlobBytes, BlobKey, BlobStore, OpenedBlob, OpenOptions } from '#lib/blobs/blob-store.ts';
import { CacheCount } from '#lib/platform/metrics/cache-count.ts';
import { copyHot } from './copy-hot.ts';
import { HotParts } from './hot-parts.ts';

/**
 * Caches hot blobs in memory. A read from the page cache costs a thread switch and a copy, as much as sending the
 * bytes.
 */
export class HotStore extends BlobStoreDecorator {
  readonly #parts: HotParts;

  constructor(inner: BlobStore, counts = new CacheCount(), processes = 1) {
    super(inner);
    this.#parts = new HotParts(counts, processes);
  }

  override async open(key: BlobKey, options: OpenOptions = {}): Promise<OpenedBlob | null> {
    const blob = await this.inner.open(key, options);
    return blob?.kind === 'bytes' && !options.isRaw ? this.#cache(key, blob) : blob;
  }

  override openCached(key: BlobKey): BlobBytes | null {
    const blob = this.inner.openCached(key);
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
}
