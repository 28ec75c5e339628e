import type { BlobKey, BlobStat, DeleteOptions, OpenedBlob, OpenOptions, PutOptions } from '#lib/blobs/blob-store.ts';
import { BlobStoreDecorator } from '#lib/blobs/blob-store-decorator.ts';
import type { StagedVersion } from '#lib/blobs/staging-area.ts';
import type { StorageErrors } from './storage-errors.ts';

/** Counts failures of the store itself. What a client did wrong isn't one. */
export class CountedStore extends BlobStoreDecorator {
  readonly #errors: StorageErrors;

  constructor(inner: BlobStoreDecorator['inner'], errors: StorageErrors) {
    super(inner);
    this.#errors = errors;
  }

  override open(key: BlobKey, options?: OpenOptions): Promise<OpenedBlob | null> {
    return this.#errors.watch('read', super.open(key, options));
  }

  override stat(key: BlobKey): Promise<BlobStat | null> {
    return this.#errors.watch('read', super.stat(key));
  }

  override put(key: BlobKey, staged: StagedVersion, options?: PutOptions): Promise<string | null> {
    return this.#errors.watch('write', super.put(key, staged, options));
  }

  override delete(key: BlobKey, options?: DeleteOptions): Promise<boolean> {
    return this.#errors.watch('delete', super.delete(key, options));
  }
}
