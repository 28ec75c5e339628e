import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { Composition } from '#lib/blobs/blob-store.contract.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { sealBytes } from './seal-bytes.ts';
import { SealedStaging } from './sealed-staging.ts';
import { SealedStore } from './sealed-store.ts';
import type { SealingKeys } from './sealing-keys.ts';

/** Seals a composition with one key. */
export function sealed(
  open: () => Promise<Composition>,
  decorate: (store: BlobStore) => BlobStore = (store) => store,
  isSealing = true,
): () => Promise<Composition> {
  return async () => {
    const { store, staging, overwrite, ...rest } = await open();
    const keys = createKeys();
    const key = await keys.newest('site');
    return {
      ...rest,
      store: decorate(new SealedStore(store, keys, { isSealing })),
      staging: isSealing ? new SealedStaging(staging, keys) : staging,
      overwrite: ({ sha256, scope }, bytes) =>
        isSealing ? overwrite({ sha256, scope: 'sealed' }, sealBytes(key, bytes)) : overwrite({ sha256, scope }, bytes),
    };
  };
}

/** Creates the keys of a site that has a single one, in memory. */
export function createKeys(): SealingKeys {
  const key = { id: randomUUID(), key: createSecretKey(randomBytes(32)) };
  return {
    newest: () => Promise.resolve(key),
    find: (id) => Promise.resolve(id === key.id ? { key: key.key, scope: 'site' } : null),
    isFresh: () => true,
  };
}
