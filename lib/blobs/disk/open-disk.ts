import { mkdir } from 'node:fs/promises';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { StagingArea } from '#lib/blobs/staging-area.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import { BufferPool } from './buffer-pool.ts';
import { withStorageErrors } from './disk-files.ts';
import { DiskStaging } from './disk-staging.ts';
import { DiskStore } from './disk-store.ts';
import { DiskVolume } from './disk-volume.ts';
import { FileCache } from './file-cache.ts';
import { blobsDir, keysDir, uploadsDir } from './paths.ts';

export type Disk = { store: BlobStore; staging: StagingArea; volume: Volume };

/**
 * Opens DATA_DIR as a blob store with its staging area, and creates missing folders. `reserveBytes` is DISK_RESERVE;
 * null: the default.
 * @throws AppError `unavailable` or `storage_full` when `dataDir` can't hold blobs
 */
export async function openDisk(dataDir: string, { reserveBytes }: { reserveBytes: number | null }): Promise<Disk> {
  await withStorageErrors(async () => {
    for (const folder of [
      blobsDir(dataDir, 'site'),
      blobsDir(dataDir, 'sealed'),
      keysDir(dataDir),
      uploadsDir(dataDir),
    ]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
  });
  const buffers = new BufferPool();
  const files = new FileCache();
  const volume = new DiskVolume(dataDir, files, reserveBytes);
  return {
    store: new DiskStore({ dataDir, volume, files, buffers }),
    staging: new DiskStaging(dataDir, buffers),
    volume,
  };
}
