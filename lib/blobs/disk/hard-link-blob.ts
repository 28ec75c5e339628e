import { link, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BlobKey } from '#lib/blobs/blob-store.ts';
import { errorCode } from '#lib/platform/errors.ts';
import { blobPath } from './paths.ts';

/** Another file system, one without hard links, or a file with too many. */
const NO_LINKS: readonly unknown[] = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Gives a stored blob a second name below another folder of the same layout. Stored files are only ever replaced by rename, so
 * both names keep their bytes. The caller syncs the folder of the new name.
 */
export async function hardLinkBlob(
  from: string,
  to: string,
  key: BlobKey,
): Promise<'linked' | 'present' | 'missing' | 'impossible'> {
  const target = blobPath(to, key);
  for (let isNewFolder = false; ; isNewFolder = true) {
    try {
      await link(blobPath(from, key), target);
      return 'linked';
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EEXIST') return 'present';
      if (NO_LINKS.includes(code)) return 'impossible';
      if (code !== 'ENOENT') throw error;
      if (isNewFolder) return 'missing';
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    }
  }
}
