// Small facts about files and processes that Node has no word for.
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

/** A full disk still takes empty files. */
const PROBE = Buffer.alloc(4096);

/**
 * Makes a folder that this process may write to.
 * @throws AppError `unavailable` or `storage_full` with a sentence that names the folder.
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
    return new AppError('storage_full', `The disk that holds ${path} (${purpose}) is full: free some space.`, {
      cause,
    });
  }
  const why = code === 'EACCES' || code === 'EPERM' ? 'this user may not write there' : `the system says ${code}`;
  return new AppError('unavailable', `${path} (${purpose}) can't be written to: ${why}.`, { cause });
}

/** Of file systems without hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Writes a file that only its owner may read, whole or not at all: a full disk, a crash or another process never leaves or sees half of
 * one. One that is there already stays, unless `isForced`.
 */
export function createFileOnce(path: string, text: string, { isForced = false } = {}): void {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: 0o600, flush: true });
    if (isForced) renameSync(draft, path);
    else giveName(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function giveName(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!NO_LINKS.includes(errorCode(error) ?? '')) throw error;
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
}

/** A secret that is made at first use and kept in a file only its owner may read. */
export function readOrCreateSecret(path: string, bytes = 32): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Another process may have made it a moment ago: its secret is the one.
  createFileOnce(path, `${randomBytes(bytes).toString('base64url')}\n`);
  return readFileSync(path, 'utf8').trim();
}

/** Is a process with this id running? A zombie, dead but not yet reaped, is not. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** May a user who neither owns these folders nor is in their groups walk down to `path`? */
export function isReachableByOthers(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
