import { openBytes, siteBlob } from '#lib/blobs/blob-store.ts';
import { copyBlob } from '#lib/blobs/copy-blobs.ts';
import { sealStorage, type Storage } from './seal-storage.ts';
import type { SealingKeys } from './sealing-keys.ts';

export type StoredSealing = { sealed: number; sealedBytes: number; damaged: number };

/**
 * Seals the blobs that are stored unsealed, and removes their unsealed bytes. Servers may run meanwhile, and read each blob in one form or
 * the other. Damaged blobs stay as they are. Can be interrupted and repeated.
 */
export async function sealStoredBlobs(
  storage: Storage,
  keys: SealingKeys & { isSealing: boolean },
  onProgress: (sealing: StoredSealing) => void = () => undefined,
): Promise<StoredSealing> {
  const target = sealStorage(storage, keys);
  const sealing: StoredSealing = { sealed: 0, sealedBytes: 0, damaged: 0 };
  for await (const { sha256, scope } of storage.store.list()) {
    if (scope !== 'site') continue;
    const blob = await openBytes(storage.store, siteBlob(sha256), { isRaw: true });
    if (!blob) continue;
    try {
      // An intact sealed copy stays, so an interrupted blob is read once more, and no key changes under a reader.
      if (await copyBlob(blob, target, siteBlob(sha256))) {
        sealing.sealed += 1;
        sealing.sealedBytes += blob.sizeBytes;
        await storage.store.delete(siteBlob(sha256));
      } else sealing.damaged += 1;
    } finally {
      await blob.close();
    }
    onProgress(sealing);
  }
  return sealing;
}
