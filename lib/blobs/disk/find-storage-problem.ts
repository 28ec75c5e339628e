import { access, constants, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import type { Config } from '#lib/platform/config/config.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { blobsDir, uploadsDir } from './paths.ts';
import { storageFull, toStorageError } from './storage-errors.ts';

/** A full disk still takes empty files. */
const PROBE = Buffer.alloc(4096);

type StorageApp = { config: Pick<Config, 'dataDir'>; blobs: BlobStore };

/** Why nothing can be pushed, in a sentence without paths; null when pushes work. */
export async function findStorageProblem({ config, blobs }: StorageApp): Promise<string | null> {
  const path = join(uploadsDir(config.dataDir), `.write-test-${process.pid}`);
  try {
    await writeFile(path, PROBE);
    const { freeBytes, reserveBytes } = blobs.readSpace();
    return freeBytes < reserveBytes ? storageFull().message : null;
  } catch (cause) {
    const error = toStorageError(cause);
    return isAppError(error) ? error.message : String(error);
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

/** @throws AppError `unavailable` when nothing can be pulled */
export async function checkReadable(dataDir: string): Promise<void> {
  try {
    await access(blobsDir(dataDir), constants.R_OK | constants.X_OK);
  } catch (cause) {
    throw toStorageError(cause);
  }
}

/** @throws AppError `unavailable` when nothing can be pushed */
export async function checkWritable(app: StorageApp): Promise<void> {
  const problem = await findStorageProblem(app);
  if (problem !== null) throw new AppError('unavailable', problem);
}
