import type { BlobKey, BlobStat, DeleteOptions, OpenedBlob, OpenOptions, PutOptions } from '#lib/blobs/blob-store.ts';
import { BlobStoreDecorator } from '#lib/blobs/blob-store-decorator.ts';
import type { StagedVersion } from '#lib/blobs/staging-area.ts';
import type { Tracing } from '#lib/platform/tracing/tracing.ts';

/** Traces what the store does. Reads from memory aren't traced. */
export class TracedStore extends BlobStoreDecorator {
  readonly #tracing: Tracing;

  constructor(inner: BlobStoreDecorator['inner'], tracing: Tracing) {
    super(inner);
    this.#tracing = tracing;
  }

  override open(key: BlobKey, options?: OpenOptions): Promise<OpenedBlob | null> {
    return this.#tracing.run('blob open', {}, () => super.open(key, options));
  }

  override stat(key: BlobKey): Promise<BlobStat | null> {
    return this.#tracing.run('blob stat', {}, () => super.stat(key));
  }

  override put(key: BlobKey, staged: StagedVersion, options?: PutOptions): Promise<string | null> {
    return this.#tracing.run('blob put', {}, () => super.put(key, staged, options));
  }

  override delete(key: BlobKey, options?: DeleteOptions): Promise<boolean> {
    return this.#tracing.run('blob delete', {}, () => super.delete(key, options));
  }
}
