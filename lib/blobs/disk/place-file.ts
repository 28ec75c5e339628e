// Turns a staged file into a blob. Only a damaged blob is ever overwritten.
import { existsSync, type Stats } from 'node:fs';
import { mkdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { openFile } from './disk-files.ts';
import { syncFolder, type OpenFile } from './open-file.ts';

export type Placement = {
  /** Open and already synced. */
  file: OpenFile;
  path: string;
  /** Path of the blob. */
  target: string;
  /** Reports whether a file now holds the bytes of the blob. */
  isRight: (file: OpenFile, stats: Stats) => Promise<boolean>;
};

/**
 * Renames a staged file into place. To survive a power failure, it syncs the bytes before the rename and the folder
 * after it. The staged file is gone afterwards, even if the blob already existed. Two uploads that finish at once may
 * replace intact bytes with identical ones. Resolves to false if the blob already existed and was kept.
 * @throws AppError `upload_not_found` when another request has taken over the staged file, `unavailable` when its bytes
 * changed
 */
export async function placeFile(staged: Placement): Promise<boolean> {
  const { path, target } = staged;
  const stored = await findStored(staged);
  const isKept = stored === 'right' && (await renew(target));
  if (isKept) await rm(path, { force: true });
  else {
    if (stored === 'damaged') await requireRightOnDisk(staged);
    await moveInto(path, target);
  }
  await syncFolder(dirname(target));
  return !isKept;
}

async function findStored({ target, isRight }: Placement): Promise<'none' | 'right' | 'damaged'> {
  // Most pushed blobs are new, and a failed open costs a tenth of a millisecond.
  const file = existsSync(target) ? await openFile(target) : null;
  if (!file) return 'none';
  try {
    return (await isRight(file, file.stats())) ? 'right' : 'damaged';
  } catch (error) {
    // A bad sector.
    if (errorCode(error) === 'EIO') return 'damaged';
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * Protects the blob from garbage collection until its row is written. Resolves to false if the collector has already
 * removed it.
 */
async function renew(target: string): Promise<boolean> {
  const now = new Date();
  return done(() => utimes(target, now, now));
}

/** Rereads and hashes the staged bytes before they replace a damaged blob. */
async function requireRightOnDisk({ file, isRight }: Placement): Promise<void> {
  if (await isRight(file, file.stats())) return;
  throw new AppError('unavailable', 'The bytes changed after they were written. Push the blob again.');
}

async function moveInto(path: string, target: string): Promise<void> {
  if (await done(() => rename(path, target))) return;
  const folder = dirname(target);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The folder of the scope may be new, too.
  for (const parent of [dirname(folder), dirname(dirname(folder))]) await syncFolder(parent);
  if (await done(() => rename(path, target))) return;
  throw new AppError('upload_not_found', 'Another request has taken over this upload.');
}

/** Resolves to false when part of the path doesn't exist. */
async function done(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
