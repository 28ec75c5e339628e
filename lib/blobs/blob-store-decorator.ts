import type {
  BlobBytes,
  BlobKey,
  BlobRedirect,
  BlobStat,
  BlobStore,
  DeleteOptions,
  OpenedBlob,
  OpenOptions,
  PutOptions,
} from './blob-store.ts';
import type { StagedVersion } from './staging-area.ts';

/** Forwards every call to the wrapped store. Decorators override what they change. */
export class BlobStoreDecorator implements BlobStore {
  protected readonly inner: BlobStore;

  constructor(inner: BlobStore) {
    this.inner = inner;
  }

  open(key: BlobKey, options?: OpenOptions): Promise<OpenedBlob | null> {
    return this.inner.open(key, options);
  }

  openCached(key: BlobKey): BlobBytes | null {
    return this.inner.openCached(key);
  }

  recallRedirect(key: BlobKey): BlobRedirect | null {
    return this.inner.recallRedirect(key);
  }

  stat(key: BlobKey): Promise<BlobStat | null> {
    return this.inner.stat(key);
  }

  put(key: BlobKey, staged: StagedVersion, options?: PutOptions): Promise<string | null> {
    return this.inner.put(key, staged, options);
  }

  delete(key: BlobKey, options?: DeleteOptions): Promise<boolean> {
    return this.inner.delete(key, options);
  }

  list(): AsyncIterable<BlobKey & { sizeBytes: number; changedAt: Date }> {
    return this.inner.list();
  }
}
