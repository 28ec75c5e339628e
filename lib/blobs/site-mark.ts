// The file that says whose blobs a folder holds.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '#lib/platform/errors.ts';
import { syncFolder } from './open-file.ts';
import { blobsDir } from './paths.ts';

/** Beside the blobs, so that it comes and goes with them when they are a mount of their own. */
function markPath(dataDir: string): string {
  return join(dirname(blobsDir(dataDir)), 'site-id');
}

export async function readMark(dataDir: string): Promise<string | null> {
  try {
    return (await readFile(markPath(dataDir), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Leaves a mark that is there already, unless it is forced. */
export async function writeMark(dataDir: string, siteId: string, { isForced }: { isForced: boolean }): Promise<void> {
  const path = markPath(dataDir);
  if (isForced) await rm(path, { force: true });
  await writeFile(path, `${siteId}\n`, { flag: 'wx', mode: 0o600, flush: true }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  await syncFolder(dirname(path));
}
