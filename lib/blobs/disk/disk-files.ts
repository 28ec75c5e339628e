import { readdir } from 'node:fs/promises';
import { isOwnScope, type KeyScope } from '#lib/platform/key-scope.ts';
import { keysDir } from './paths.ts';
import type { Stats } from 'node:fs';
import { errorCode } from '#lib/platform/errors.ts';
import { OpenFile } from './open-file.ts';
import { toStorageError } from './storage-errors.ts';

/**
 * Derives a version that changes whenever the file is written to or replaced. Unlike mtime, ctime can't be set by hand.
 */
export function toVersion({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

/** Resolves to null when the file doesn't exist. */
export async function openFile(path: string): Promise<OpenFile | null> {
  return OpenFile.open(path, 'r').catch(missingAsNull);
}

/** Returns null when the upload doesn't exist. */
export function openStaged(path: string, flags: 'r' | 'r+'): OpenFile | null {
  try {
    return OpenFile.openKnown(path, flags);
  } catch (error) {
    return missingAsNull(error);
  }
}

export function missingAsNull(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null;
  throw toStorageError(error);
}

/** Runs `work` and translates file system errors. @throws AppError */
export async function withStorageErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStorageError(error);
  }
}

/** Lists the scopes that have a folder. */
export async function listScopes(dataDir: string): Promise<KeyScope[]> {
  const keys = await readdir(keysDir(dataDir)).catch(missingAsNull);
  return ['site', 'sealed', ...(keys ?? []).filter(isOwnScope)];
}
