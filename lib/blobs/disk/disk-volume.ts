import { constants } from 'node:fs';
import { access, opendir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreSpace, Volume } from '#lib/blobs/volume.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { DiskSpace } from './disk-space.ts';
import type { FileCache } from './file-cache.ts';
import { listScopes, withStorageErrors } from './disk-files.ts';
import { blobsDir, uploadsDir } from './paths.ts';
import { readMark, writeMark } from './site-mark.ts';
import { storageFull, toStorageError } from './storage-errors.ts';

/** Not empty, because a full disk still accepts empty files. */
const PROBE = Buffer.alloc(4096);

/** The file system under DATA_DIR. */
export class DiskVolume implements Volume {
  readonly name = 'the blob store in DATA_DIR';
  readonly #dataDir: string;
  readonly #space: DiskSpace;
  readonly #files: FileCache;
  #siteId: string | null = null;

  /** `reserveBytes` null: the default (disk-space.ts). */
  constructor(dataDir: string, files: FileCache, reserveBytes: number | null) {
    this.#dataDir = dataDir;
    this.#files = files;
    this.#space = new DiskSpace(uploadsDir(dataDir), reserveBytes);
  }

  requireRoom(bytes: number): void {
    this.#space.require(bytes);
  }

  claimRoom(bytes: number): void {
    this.#space.claim(bytes);
  }

  readSpace(): StoreSpace | null {
    try {
      return this.#space.read();
    } catch {
      return null;
    }
  }

  async readSiteId(): Promise<string | null> {
    return withStorageErrors(() => readMark(this.#dataDir));
  }

  async hasBlobs(): Promise<boolean> {
    return withStorageErrors(async () => {
      for (const scope of await listScopes(this.#dataDir)) {
        for await (const folder of await opendir(blobsDir(this.#dataDir, scope))) {
          if (folder.isDirectory() && (await readdir(join(folder.parentPath, folder.name))).length > 0) return true;
        }
      }
      return false;
    });
  }

  async joinSite(siteId: string, { isForced = false }: { isForced?: boolean } = {}): Promise<void> {
    await withStorageErrors(() => writeMark(this.#dataDir, siteId, { isForced }));
    this.#siteId = siteId;
  }

  async requireSite(): Promise<void> {
    if (this.#siteId === null || (await this.readSiteId()) === this.#siteId) return;
    throw new AppError('unavailable', 'The blob store is missing. Its disk is not mounted, or a different one is.');
  }

  async findWriteProblem(): Promise<string | null> {
    const path = join(uploadsDir(this.#dataDir), `.write-test-${process.pid}`);
    try {
      await writeFile(path, PROBE);
      const { freeBytes, reserveBytes } = this.#space.read();
      return freeBytes < reserveBytes ? storageFull().message : null;
    } catch (cause) {
      const error = toStorageError(cause);
      return isAppError(error) ? error.message : String(error);
    } finally {
      await rm(path, { force: true }).catch(() => undefined);
    }
  }

  async requireWritable(): Promise<void> {
    const problem = await this.findWriteProblem();
    if (problem !== null) throw new AppError('unavailable', problem);
  }

  async requireReadable(): Promise<void> {
    await withStorageErrors(() => access(blobsDir(this.#dataDir), constants.R_OK | constants.X_OK));
  }

  close(): void {
    this.#files.clear();
  }
}
