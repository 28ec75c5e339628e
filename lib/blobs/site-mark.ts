// The file that says whose blobs a folder holds.
import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '#lib/platform/errors.ts';
import { syncFolder } from './open-file.ts';
import { blobsDir } from './paths.ts';

/** Of file systems without hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** Beside the blobs, so that it comes and goes with them when they are a mount of their own. */
function markPath(dataDir: string): string {
  return join(dirname(blobsDir(dataDir)), 'site-id');
}

/** Null: there is none, or one that a crash has cut off. */
export async function readMark(dataDir: string): Promise<string | null> {
  try {
    return (await readFile(markPath(dataDir), 'utf8')).trim() || null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Leaves a mark that is there already, unless it is forced. Never half of one: a full disk or a crash would leave a store of no site. */
export async function writeMark(dataDir: string, siteId: string, { isForced }: { isForced: boolean }): Promise<void> {
  // A store that is read-only for the moment keeps its mark.
  if (!isForced && (await readMark(dataDir)) !== null) return;
  const path = markPath(dataDir);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, `${siteId}\n`, { flag: 'wx', mode: 0o600, flush: true });
    if (isForced) await rename(draft, path);
    else await giveName(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Of two at the same moment the first wins. */
async function giveName(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path).catch((error: unknown) => {
      if (!NO_LINKS.includes(errorCode(error) ?? '')) throw error;
      return copyFile(draft, path, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}
