// File and process helpers that Node lacks.
import { randomBytes, randomUUID } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError, errorCode } from './errors.ts';

/** Not empty, because a full disk still accepts empty files. */
const PROBE = Buffer.alloc(4096);

/**
 * Creates a folder and checks that it is writable.
 * @throws AppError `unavailable` or `storage_full` with a message that names the folder
 */
export function ensureWritableFolder(path: string, purpose: string): void {
  const probe = join(path, `.write-test-${process.pid}`);
  try {
    mkdirSync(path, { recursive: true });
    writeFileSync(probe, PROBE);
  } catch (cause) {
    rmSync(probe, { force: true });
    throw folderError(path, purpose, cause);
  }
  rmSync(probe, { force: true });
}

function folderError(path: string, purpose: string, cause: unknown): AppError {
  const code = errorCode(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('storage_full', `The disk of ${path} (${purpose}) is full. Free some space.`, {
      cause,
    });
  }
  const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : (code ?? 'unknown error');
  return new AppError('unavailable', `${path} (${purpose}) can't be written to: ${why}.`, { cause });
}

/** Errors of file systems without hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Writes a file atomically, readable only by its owner. A full disk or crash never leaves a partial file.
 * Keeps an existing file unless `isForced`.
 */
export function createFileOnce(path: string, text: string, { isForced = false } = {}): void {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: 0o600, flush: true });
    if (isForced) renameSync(draft, path);
    else linkOrCopy(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function linkOrCopy(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!NO_LINKS.includes(errorCode(error) ?? '')) throw error;
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
}

/** Reads a secret from a file, or creates it on first use. */
export function readOrCreateSecret(path: string, bytes = 32): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // If another process created the file concurrently, use its secret.
  createFileOnce(path, `${randomBytes(bytes).toString('base64url')}\n`);
  return readFileSync(path, 'utf8').trim();
}

/** Whether all parent folders of `path` are accessible to other users. */
export function isReachableByOthers(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
