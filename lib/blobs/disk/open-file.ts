import { close, closeSync, fstatSync, fsync, ftruncate, open, openSync, read, type Stats } from 'node:fs';
import { promisify } from 'node:util';

const openAsync = promisify(open);
const fsyncAsync = promisify(fsync);
const ftruncateAsync = promisify(ftruncate);
const closeAsync = promisify(close);

/**
 * A file held open. Calls that the kernel answers from memory, such as the size of an open file, are synchronous, because handing them
 * to another thread costs many times as much. Calls that may wait for the disk go to the thread pool.
 */
export class OpenFile {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  static async open(path: string, flags: 'r' | 'wx' | 'wx+', mode?: number): Promise<OpenFile> {
    return new OpenFile(await openAsync(path, flags, mode));
  }

  /** Opens a file whose name the kernel still knows. Right after the machine started, this may wait for the disk. */
  static openKnown(path: string, flags: 'r' | 'r+'): OpenFile {
    return new OpenFile(openSync(path, flags));
  }

  stats(): Stats {
    return fstatSync(this.fd);
  }

  /** Resolves to the number of bytes read from `position` on, 0 at the end. */
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

  /** Resolves when the whole file is on the disk. */
  sync(): Promise<void> {
    return fsyncAsync(this.fd);
  }

  async close(): Promise<void> {
    // Closing a removed file for the last time frees all its bytes, which takes a while.
    if (this.stats().nlink === 0) await closeAsync(this.fd);
    else closeSync(this.fd);
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const fd = openSync(path, 'r');
  try {
    await fsyncAsync(fd);
  } finally {
    closeSync(fd);
  }
}
