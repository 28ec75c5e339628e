import { constants } from 'node:fs';
import { copyFile, opendir, rm, stat } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import {
  isUploadId,
  type StagedFile,
  type StagedVersion,
  type StagedWriter,
  type StagingArea,
} from '#lib/blobs/staging-area.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { BufferPool } from './buffer-pool.ts';
import { missingAsNull, openStaged, toVersion, withStorageErrors } from './disk-files.ts';
import { DiskStagedFile } from './disk-staged-file.ts';
import { OpenFile } from './open-file.ts';
import { uploadPath, uploadsDir } from './paths.ts';

const MAX_REMEMBERED_FENCES = 1000;

/** Stages uploads as files, on the same file system as the blobs. */
export class DiskStaging implements StagingArea {
  readonly #dataDir: string;
  readonly #buffers: BufferPool;
  readonly #open = new Set<string>();
  /**
   * The highest fence with which this process opened each staged file. A file system can't enforce fences across
   * processes, so a takeover from another process continues in a copy.
   */
  readonly #fences = new LRUCache<string, bigint>({ max: MAX_REMEMBERED_FENCES });

  constructor(dataDir: string, buffers: BufferPool) {
    this.#dataDir = dataDir;
    this.#buffers = buffers;
  }

  async create(id: string): Promise<StagedVersion> {
    const path = uploadPath(this.#dataDir, id);
    return withStorageErrors(async () => {
      const file = await OpenFile.open(path, 'wx', 0o600);
      const version = toVersion(file.stats());
      await file.close();
      return { id, version };
    });
  }

  async open({ id, fence }: StagedWriter): Promise<StagedFile> {
    if (this.#open.has(id)) throw new AppError('range_invalid', 'Another request is writing to this upload.');
    if (fence < (this.#fences.get(id) ?? fence)) {
      throw new AppError('range_invalid', 'Another request has taken over this upload.');
    }
    const file = openStaged(uploadPath(this.#dataDir, id), 'r+');
    if (!file) throw new AppError('upload_not_found', "The upload doesn't exist.");
    this.#open.add(id);
    this.#fences.set(id, fence);
    const onClose = () => this.#open.delete(id);
    return Promise.resolve(new DiskStagedFile({ id, file, buffers: this.#buffers, onClose }));
  }

  async copy(id: string, newId: string): Promise<void> {
    const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
    const [from, to] = [uploadPath(this.#dataDir, id), uploadPath(this.#dataDir, newId)];
    await withStorageErrors(async () => {
      if ((await this.readSize(id)) === null) throw new AppError('upload_not_found', "The upload doesn't exist.");
      await copyFile(from, to, flags);
    });
  }

  async readSize(id: string): Promise<number | null> {
    return stat(uploadPath(this.#dataDir, id)).then((stats) => stats.size, missingAsNull);
  }

  async discard(id: string): Promise<void> {
    this.#fences.delete(id);
    await withStorageErrors(() => rm(uploadPath(this.#dataDir, id), { force: true }));
  }

  async *listStale(before: Date): AsyncIterable<{ id: string; changedAt: Date }> {
    for await (const entry of await opendir(uploadsDir(this.#dataDir))) {
      if (!entry.isFile() || !isUploadId(entry.name)) continue;
      const stats = await stat(uploadPath(this.#dataDir, entry.name)).catch(missingAsNull);
      if (stats && stats.mtime < before) yield { id: entry.name, changedAt: stats.mtime };
    }
  }
}
