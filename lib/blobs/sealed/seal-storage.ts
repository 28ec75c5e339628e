import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { StagingArea } from '#lib/blobs/staging-area.ts';
import { SealedStaging } from './sealed-staging.ts';
import { SealedStore } from './sealed-store.ts';
import type { SealingKeys } from './sealing-keys.ts';

export type Storage = { store: BlobStore; staging: StagingArea };

/** Wraps a store and its staging area. Without `isSealing`, only reads what other processes seal. */
export function sealStorage({ store, staging }: Storage, keys: SealingKeys & { isSealing: boolean }): Storage {
  const { isSealing } = keys;
  return {
    store: new SealedStore(store, keys, { isSealing }),
    staging: new SealedStaging(staging, keys, { isSealing }),
  };
}
