// Mounts a real file system of a few megabytes in memory, which a test can fill. Needs root.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const CAN_MOUNT = process.getuid?.() === 0 && ['/bin/mount', '/usr/bin/mount'].some((path) => existsSync(path));

/** Appended to the titles of skipped tests. */
export const MOUNT_NOTE = CAN_MOUNT ? '' : ' (skipped: needs root to mount a small disk)';

/** `options` are those of tmpfs, such as `size=4m`. Returns the mount point. */
export function mountSmallDisk(options: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  return folder;
}

export function unmountSmallDisk(folder: string): void {
  execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
}
