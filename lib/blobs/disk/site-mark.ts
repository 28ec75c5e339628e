// The file that identifies the site that owns a blob folder.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '#lib/platform/errors.ts';
import { createFileOnce } from '#lib/platform/files.ts';
import { syncFolder } from './open-file.ts';
import { blobsDir } from './paths.ts';

/** Next to the blobs, so that it stays with them when they are a separate mount. */
function markPath(dataDir: string): string {
  return join(dirname(blobsDir(dataDir)), 'site-id');
}

/** Resolves to null when the mark is missing or a crash truncated it. */
export async function readMark(dataDir: string): Promise<string | null> {
  try {
    return (await readFile(markPath(dataDir), 'utf8')).trim() || null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Keeps an existing mark unless `isForced`. Of two concurrent writers, the first wins. */
export async function writeMark(dataDir: string, siteId: string, { isForced }: { isForced: boolean }): Promise<void> {
  // Avoid a needless write, because the store may currently be read-only.
  if (!isForced && (await readMark(dataDir)) !== null) return;
  const path = markPath(dataDir);
  createFileOnce(path, `${siteId}\n`, { isForced });
  await syncFolder(dirname(path));
}
