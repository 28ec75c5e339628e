// The file that says whose blobs a folder holds.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '#lib/platform/errors.ts';
import { createFileOnce } from '#lib/platform/files.ts';
import { syncFolder } from './open-file.ts';
import { blobsDir } from './paths.ts';

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

/** Leaves a mark that is there already, unless it is forced. Of two at the same moment the first wins. */
export async function writeMark(dataDir: string, siteId: string, { isForced }: { isForced: boolean }): Promise<void> {
  // A store that is read-only for the moment keeps its mark.
  if (!isForced && (await readMark(dataDir)) !== null) return;
  const path = markPath(dataDir);
  createFileOnce(path, `${siteId}\n`, { isForced });
  await syncFolder(dirname(path));
}
