import { randomUUID } from 'node:crypto';
import { link, mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BlobKey } from '#lib/blobs/blob-store.ts';
import { errorCode } from '#lib/platform/errors.ts';
import { isSameFile, readFileMark } from './file-mark.ts';
import { blobPath, uploadPath } from '#lib/blobs/disk/paths.ts';

/** Another file system, one without hard links, or a file with too many. */
const NO_LINKS: readonly unknown[] = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

type Linked = 'linked' | 'present' | 'missing' | 'impossible';

/**
 * Gives a stored blob a second name below another folder of the same layout, and replaces another file there. Stored files are only
 * ever replaced by rename, so both names keep their bytes. The caller syncs the folder of the new name.
 */
export async function hardLinkBlob(from: string, to: string, key: BlobKey): Promise<Linked> {
  const [source, target] = [blobPath(from, key), blobPath(to, key)];
  for (let isNewFolder = false; ; isNewFolder = true) {
    const linked = await tryLink(source, target);
    if (linked === 'taken') return replaceWithLink(source, target, uploadPath(to, randomUUID()));
    if (linked !== 'missing' || isNewFolder) return linked;
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  }
}

async function tryLink(source: string, target: string): Promise<'linked' | 'taken' | 'missing' | 'impossible'> {
  try {
    await link(source, target);
    return 'linked';
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return 'taken';
    if (NO_LINKS.includes(code)) return 'impossible';
    if (code === 'ENOENT') return 'missing';
    throw error;
  }
}

async function replaceWithLink(source: string, target: string, staged: string): Promise<Linked> {
  const [wanted, present] = [await readFileMark(source), await readFileMark(target)];
  if (!wanted) return 'missing';
  if (present && isSameFile(wanted, present)) return 'present';
  const linked = await tryLink(source, staged);
  if (linked === 'linked') await rename(staged, target);
  return linked === 'taken' ? 'impossible' : linked;
}
