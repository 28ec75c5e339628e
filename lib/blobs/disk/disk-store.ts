import type { KeyScope } from '#lib/platform/key-scope.ts';
import type { Stats } from 'node:fs';
import { opendir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import {
  toMapKey,
  type BlobBytes,
  type BlobKey,
  type BlobStat,
  type BlobStore,
  type DeleteOptions,
  type OpenBlob,
  type PutOptions,
} from '#lib/blobs/blob-store.ts';
import type { StagedVersion } from '#lib/blobs/staging-area.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import { isDigest, toDigest, type Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { BufferPool } from './buffer-pool.ts';
import { listScopes, missingAsNull, openFile, openStaged, toVersion, withStorageErrors } from './disk-files.ts';
import type { FileCache, SharedFile } from './file-cache.ts';
import { hashFile } from './hash-file.ts';
import type { OpenFile } from './open-file.ts';
import { blobPath, blobsDir, uploadPath } from './paths.ts';
import { placeFile } from './place-file.ts';
import { sendFile } from './send-file.ts';

export type DiskStoreParts = {
  dataDir: string;
  volume: Pick<Volume, 'requireSite'>;
  files: FileCache;
  buffers: BufferPool;
};

/** Stores blobs as files. paths.ts documents the layout. */
export class DiskStore implements BlobStore {
  readonly #dataDir: string;
  readonly #volume: Pick<Volume, 'requireSite'>;
  readonly #files: FileCache;
  readonly #buffers: BufferPool;

  constructor({ dataDir, volume, files, buffers }: DiskStoreParts) {
    this.#dataDir = dataDir;
    this.#volume = volume;
    this.#files = files;
    this.#buffers = buffers;
  }

  async open(key: BlobKey): Promise<BlobBytes | null> {
    const cached = this.openCached(key);
    if (cached) return cached;
    const shared = await this.#openFile(key);
    return shared && this.#toBytes(shared);
  }

  openCached(key: BlobKey): BlobBytes | null {
    const shared = this.#files.find(toMapKey(key));
    return shared && this.#toBytes(shared);
  }

  #toBytes({ file, stats, release }: SharedFile): BlobBytes {
    return { ...this.#toOpenBlob(file, stats), kind: 'bytes', version: toVersion(stats), close: release };
  }

  #toOpenBlob(file: OpenFile, stats: Stats): OpenBlob {
    return {
      sizeBytes: stats.size,
      copyTo: (destination: Writable, range: ByteRange | null) => {
        const { start, end } = range ?? { start: 0, end: stats.size - 1 };
        const part = { fd: file.fd, startBytes: start, lengthBytes: end - start + 1 };
        return sendFile(part, destination, this.#buffers);
      },
      close: () => Promise.resolve(),
    };
  }

  recallRedirect(): null {
    return null;
  }

  async stat(key: BlobKey): Promise<BlobStat | null> {
    const shared = this.#files.find(toMapKey(key)) ?? (await this.#openFile(key));
    if (!shared) return null;
    const { stats, release } = shared;
    await release();
    return { sizeBytes: stats.size, version: toVersion(stats), changedAt: stats.ctime };
  }

  async #openFile(key: BlobKey): Promise<SharedFile | null> {
    const file = await openFile(blobPath(this.#dataDir, key));
    if (file) return this.#files.add(toMapKey(key), file);
    await this.#volume.requireSite();
    return null;
  }

  async put(key: BlobKey, { id, version }: StagedVersion, options: PutOptions = {}): Promise<string | null> {
    const { trustedVersion, digestOf } = options;
    const target = blobPath(this.#dataDir, key);
    const path = uploadPath(this.#dataDir, id);
    return withStorageErrors(async () => {
      // A cached file that is open for writing would keep its file system from being remounted read-only.
      const file = openStaged(path, 'r');
      if (!file) throw new AppError('upload_not_found', 'Another request has taken over this upload.');
      let isMoved = false;
      try {
        await file.sync();
        const stats = file.stats();
        if (toVersion(stats) !== version) {
          throw new AppError('range_invalid', 'Another request wrote to this upload while it was being finished.');
        }
        const isRight = async (other: OpenFile, now: Stats) => {
          if (now.size !== stats.size) return false;
          if (toVersion(now) === trustedVersion) return true;
          const digest = digestOf ? digestOf(this.#toOpenBlob(other, now)) : hashFileSha256(other);
          return (await digest) === key.sha256;
        };
        isMoved = await placeFile({ file, path, target, isRight });
        if (isMoved) return this.#keepOpen(key, file);
      } finally {
        if (!isMoved) await file.close();
      }
      const stored = await openFile(target);
      return stored && this.#keepOpen(key, stored);
    });
  }

  /**
   * Caches an open blob, because clients usually request it right after pushing it. Returns its version, or null if it
   * has been removed or replaced.
   */
  #keepOpen(key: BlobKey, file: OpenFile): string | null {
    const { stats, release } = this.#files.add(toMapKey(key), file);
    void release();
    return stats.nlink > 0 ? toVersion(stats) : null;
  }

  async delete(key: BlobKey, { unlessSince }: DeleteOptions = {}): Promise<boolean> {
    const path = blobPath(this.#dataDir, key);
    this.#files.forget(toMapKey(key));
    if (unlessSince) {
      // Renaming sets ctime. The row of a blob that was just moved into place may not be written yet.
      const stats = await stat(path).catch(missingAsNull);
      if (stats && stats.ctime > unlessSince) return false;
    }
    await withStorageErrors(() => rm(path, { force: true }));
    return true;
  }

  async *list(): AsyncIterable<BlobKey & { sizeBytes: number; changedAt: Date }> {
    for (const scope of await listScopes(this.#dataDir)) yield* this.#listScope(scope);
  }

  async *#listScope(scope: KeyScope): AsyncIterable<BlobKey & { sizeBytes: number; changedAt: Date }> {
    const root = blobsDir(this.#dataDir, scope);
    for await (const folder of await opendir(root)) {
      if (!folder.isDirectory()) continue;
      for await (const entry of await opendir(join(root, folder.name))) {
        const sha256 = `sha256:${entry.name}`;
        if (!entry.isFile() || !isDigest(sha256)) continue;
        const stats = await stat(blobPath(this.#dataDir, { sha256, scope })).catch(missingAsNull);
        if (stats) yield { sha256, scope, sizeBytes: stats.size, changedAt: stats.ctime };
      }
    }
  }
}

async function hashFileSha256(file: OpenFile): Promise<Digest> {
  return toDigest('sha256', (await hashFile(file, 'sha256')).digest('hex'));
}
