// Copies the blobs of a backup into the site's store.
import type pg from 'pg';
import { toAddress } from '#lib/blobs/blob-address.ts';
import { openBytes, siteBlob, type BlobStore } from '#lib/blobs/blob-store.ts';
import { copyStoredBytes } from '#lib/blobs/copy-blobs.ts';
import { openDisk, type Disk } from '#lib/blobs/disk/open-disk.ts';
import { listKnown } from '#lib/distribution/garbage/queue-orphans.sql.ts';
import { expectedDigest } from '#lib/backup/check-backup.ts';
import type { BackupManifest } from '#lib/backup/backup-manifest.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { eachAtOnce } from '#lib/platform/concurrency/each-at-once.ts';
import { readInventory, type SavedBlob } from './inventory.ts';

const BATCH = 500;
const AT_ONCE = 4;

export type BlobRestoring = {
  restored: number;
  restoredBytes: number;
  /** From an interrupted restore. */
  present: number;
  /** Stored after the database was saved. */
  unknown: number;
  lost: Digest[];
};

type BlobRestoreInput = {
  pool: pg.Pool;
  folder: string;
  manifest: BackupManifest;
  target: Disk;
  onProgress: (sentence: string) => void;
};

/** Restores the blobs that the loaded database knows. */
export async function restoreBlobs(input: BlobRestoreInput): Promise<BlobRestoring> {
  const { folder, manifest, onProgress } = input;
  const restoring: BlobRestoring = { restored: 0, restoredBytes: 0, present: 0, unknown: 0, lost: [] };
  const saved = await openDisk(folder, { reserveBytes: 0 });
  try {
    await eachAtOnce(knownBlobs(input, restoring), AT_ONCE, async (blob) => {
      await restoreBlob(saved.store, input.target, blob, restoring);
      const { restored, present } = restoring;
      onProgress(`${restored + present} of ${manifest.blobs.count} blobs restored`);
    });
    return restoring;
  } finally {
    saved.volume.close();
  }
}

async function* knownBlobs(
  { pool, folder, manifest }: BlobRestoreInput,
  restoring: BlobRestoring,
): AsyncIterable<SavedBlob> {
  let batch: SavedBlob[] = [];
  const settle = async () => {
    const known = new Set<string>(await listKnown(pool, batch.map(addressOf)));
    const blobs = batch.filter((blob) => known.has(addressOf(blob)));
    restoring.unknown += batch.length - blobs.length;
    batch = [];
    return blobs;
  };
  for await (const blob of readInventory(folder, manifest)) {
    batch.push(blob);
    if (batch.length === BATCH) yield* await settle();
  }
  yield* await settle();
}

/** The address in the database, to which `sealed` is a form of `site`. */
function addressOf({ sha256, scope }: SavedBlob): string {
  return toAddress(sha256, scope === 'sealed' ? 'site' : scope);
}

async function restoreBlob(from: BlobStore, target: Disk, blob: SavedBlob, restoring: BlobRestoring): Promise<void> {
  const key = { ...siteBlob(blob.sha256), scope: blob.scope };
  if ((await target.store.stat(key))?.sizeBytes === blob.sizeBytes) {
    restoring.present += 1;
    return;
  }
  const digest = expectedDigest(blob);
  const bytes = await openBytes(from, key, { isRaw: true });
  try {
    const isRestored =
      bytes?.sizeBytes === blob.sizeBytes &&
      (await copyStoredBytes(bytes, target, key, (stored) => digest === null || stored === digest));
    if (!isRestored) {
      restoring.lost.push(blob.sha256);
      return;
    }
    restoring.restored += 1;
    restoring.restoredBytes += blob.sizeBytes;
  } finally {
    await bytes?.close();
  }
}
