// What the disk store knows of its files.
import type { Stats } from 'node:fs';
import { errorCode } from '#lib/platform/errors.ts';
import { OpenFile } from './open-file.ts';
import { toStorageError } from './storage-errors.ts';

/** Whoever writes to a file or puts another in its place changes one of them: the last one can't be set by hand. */
export function toVersion({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

/** Null: there is none. */
export async function openFile(path: string): Promise<OpenFile | null> {
  return OpenFile.open(path, 'r').catch(missingAsNull);
}

/** Null: there is no such upload. */
export function openStaged(path: string): OpenFile | null {
  try {
    return OpenFile.openKnown(path, 'r+');
  } catch (error) {
    return missingAsNull(error);
  }
}

export function missingAsNull(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null;
  throw toStorageError(error);
}

/** @throws AppError for a fault of the disk */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStorageError(error);
  }
}
