import { stat } from 'node:fs/promises';
import { missingAsNull } from '#lib/blobs/disk/disk-files.ts';

/**
 * `version` changes when a file is replaced. Unlike that of a BlobStat, it stays when the file gets another name or is pushed
 * again. `bornAt` is 0 on file systems that don't keep it.
 */
export type FileMark = { device: number; inode: number; sizeBytes: number; bornAt: Date; version: string };

/** Resolves to null when the file doesn't exist. */
export async function readFileMark(path: string): Promise<FileMark | null> {
  const stats = await stat(path).catch(missingAsNull);
  if (!stats) return null;
  const { dev: device, ino: inode, size: sizeBytes, birthtime: bornAt, birthtimeMs } = stats;
  return { device, inode, sizeBytes, bornAt, version: `${inode} ${birthtimeMs}` };
}

/** Whether two names are hard links of one file. */
export function isSameFile(one: FileMark, other: FileMark): boolean {
  return one.device === other.device && one.inode === other.inode;
}
