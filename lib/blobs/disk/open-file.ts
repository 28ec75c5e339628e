import { close, closeSync, fstatSync, fsync, ftruncate, open, openSync, read, type Stats } from 'node:fs';
import { promisify } from 'node:util';

const openAsync = promisify(open);
const fsyncAsync = promisify(fsync);
const ftruncateAsync = promisify(ftruncate);
const closeAsync = promisify(close);

/**
 * An open file. Calls that the kernel answers from memory, such as `fstat`, are synchronous, because the thread pool
 * costs many times as much. Calls that may wait for the disk use the thread pool.
 */
export class OpenFile {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  static async open(path: string, flags: 'r' | 'wx' | 'wx+', mode?: number): Promise<OpenFile> {
    return new OpenFile(await openAsync(path, flags, mode));
  }

  /**
   * Opens a file synchronously. Only for paths likely in the kernel's cache; right after boot this may block on the
   * disk.
   */
  static openKnown(path: string, flags: 'r' | 'r+'): OpenFile {
    return new OpenFile(openSync(path, flags));
  }

  stats(): Stats {
    return fstatSync(this.fd);
  }

  /** Resolves to the number of bytes read at `position`, or 0 at the end. */
  read(buffer: Buffer, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.fd, buffer, 0, buffer.length, position, (error, bytesRead) => {
        if (error) reject(error);
        else resolve(bytesRead);
      });
    });
  }

  truncate(sizeBytes: number): Promise<void> {
    return ftruncateAsync(this.fd, sizeBytes);
  }

  /** Flushes the file to disk. */
  sync(): Promise<void> {
    return fsyncAsync(this.fd);
  }

  async close(): Promise<void> {
    // The last close of a removed file frees its blocks, which can be slow.
    if (this.stats().nlink === 0) await closeAsync(this.fd);
    else closeSync(this.fd);
  }
}

/** Flushes a folder to disk, so that its names survive a power failure. */
export async function syncFolder(path: string): Promise<void> {
  const fd = openSync(path, 'r');
  try {
    await fsyncAsync(fd);
  } finally {
    closeSync(fd);
  }
}
