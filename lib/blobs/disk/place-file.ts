// How a staged file becomes a blob. What is stored already is not overwritten: a good blob wins, and only a damaged one is replaced.
import type { Stats } from 'node:fs';
import { mkdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { openFile } from './disk-files.ts';
import { syncFolder, type OpenFile } from './open-file.ts';

export type StagedFile = {
  /** Open, and on the disk: the caller has synced it. */
  file: OpenFile;
  path: string;
  /** Where the blob belongs. */
  target: string;
  /** Whether the bytes that a file holds now are those of the blob. */
  isRight: (file: OpenFile, stats: Stats) => Promise<boolean>;
};

/**
 * Gives a staged file its name as a blob, in the order that survives a power cut: the bytes, then the name, then its folder. The staged
 * name is gone afterwards, also when the blob was here already. Two that come at the same moment replace right bytes by the same bytes.
 * @throws AppError `upload_not_found` when another request has taken the staged file over, `unavailable` when its bytes changed
 */
export async function placeFile(staged: StagedFile): Promise<void> {
  const { path, target } = staged;
  const stored = await findStored(staged);
  if (stored === 'right' && (await renew(target))) await rm(path, { force: true });
  else {
    if (stored === 'damaged') await requireRightOnDisk(staged);
    await moveInto(path, target);
  }
  await syncFolder(dirname(target));
}

async function findStored({ target, isRight }: StagedFile): Promise<'none' | 'right' | 'damaged'> {
  const file = await openFile(target);
  if (!file) return 'none';
  try {
    return (await isRight(file, file.stats())) ? 'right' : 'damaged';
  } catch (error) {
    // A sector that can't be read any more.
    if (errorCode(error) === 'EIO') return 'damaged';
    throw error;
  } finally {
    await file.close();
  }
}

/** Garbage collection leaves alone what was put here a moment ago, since its row may be still to come. False: it was faster. */
async function renew(target: string): Promise<boolean> {
  const now = new Date();
  return done(() => utimes(target, now, now));
}

/** Bytes that were hashed on their way in are hashed again, as they are on the disk, before they replace any. */
async function requireRightOnDisk({ file, isRight }: StagedFile): Promise<void> {
  if (await isRight(file, file.stats())) return;
  throw new AppError('unavailable', 'The bytes changed after they were written: send them again.');
}

async function moveInto(path: string, target: string): Promise<void> {
  if (await done(() => rename(path, target))) return;
  const folder = dirname(target);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await syncFolder(dirname(folder));
  if (await done(() => rename(path, target))) return;
  throw new AppError('upload_not_found', 'Another request has taken this upload over.');
}

/** False: something on the path is not there. */
async function done(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
