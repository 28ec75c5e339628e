import { createHash, randomUUID, type Hash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { copyFile, mkdir, opendir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { digestAlgorithm, isDigest, toDigest, type Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import { goOn, type MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';
import type {
  AppendOptions,
  BlobIntake,
  BlobStore,
  LastBytes,
  OpenBlob,
  OpenOptions,
  StoredBlob,
  StoreSpace,
} from '#lib/blobs/blob-store.ts';
import { BufferPool } from './buffer-pool.ts';
import { inWords, missingAsNull, openFile, openStaged, toVersion } from './disk-files.ts';
import { DiskIntake } from './disk-intake.ts';
import { DiskSpace } from './disk-space.ts';
import { FileCache, type SharedFile } from './file-cache.ts';
import { hashFile } from './hash-file.ts';
import { HotParts, type HotFile } from '#lib/blobs/hot/hot-parts.ts';
import { OpenFile } from './open-file.ts';
import { blobPath, blobsDir, isUploadId, uploadPath, uploadsDir } from './paths.ts';
import { placeFile } from './place-file.ts';
import { receiveFile } from './receive-file.ts';
import { sendFile } from './send-file.ts';
import { readMark, writeMark } from './site-mark.ts';
import { VerifiedReads, type OnDamage } from '#lib/blobs/verified/verified-reads.ts';

const MAX_REMEMBERED_HASHES = 1000;

/** The SHA-256 of all that an upload's file held when it was `version`, open for more. */
type RunningHash = { hash: Hash; version: string };

export type DiskStoreOptions = {
  onDamage: OnDamage;
  /** What blobs leave free of the file system (DISK_RESERVE); null or left out: the default. */
  reserveBytes?: number | null;
};

/** Blobs as files under DATA_DIR: paths.ts shows the layout. */
export class DiskStore implements BlobStore {
  readonly #dataDir: string;
  readonly #buffers = new BufferPool();
  /** A hash can't be written down: after a restart, or when it was pushed out, the staged file is read again. */
  readonly #hashes = new LRUCache<string, RunningHash>({ max: MAX_REMEMBERED_HASHES });
  readonly #busyUploads = new Set<string>();
  readonly #files = new FileCache();
  readonly #hot = new HotParts();
  readonly #verified: VerifiedReads;
  readonly #space: DiskSpace;
  #siteId: string | null = null;

  /** `openDiskStore` makes the folders first. */
  constructor(dataDir: string, { onDamage, reserveBytes = null }: DiskStoreOptions) {
    this.#dataDir = dataDir;
    this.#verified = new VerifiedReads(onDamage);
    this.#space = new DiskSpace(blobsDir(dataDir), reserveBytes);
  }

  async readSiteId(): Promise<string | null> {
    return inWords(() => readMark(this.#dataDir));
  }

  async joinSite(siteId: string, { isForced = false }: { isForced?: boolean } = {}): Promise<void> {
    await inWords(() => writeMark(this.#dataDir, siteId, { isForced }));
    this.#siteId = siteId;
  }

  async requireSite(): Promise<void> {
    if (this.#siteId === null || (await this.readSiteId()) === this.#siteId) return;
    throw new AppError('unavailable', 'The blob store is missing. Its disk is not mounted, or a different one is.');
  }

  open(sha256: Digest, { isRaw = false }: OpenOptions = {}): MaybePromise<OpenBlob | null> {
    return goOn(this.#openBlobFile(sha256), (shared) => {
      if (!shared || isRaw) return shared && this.#toOpenBlob(shared, null);
      const stored = { sha256, version: toVersion(shared.stats) };
      if (this.#verified.isKnownWrong(sha256, () => stored.version)) return goOn(shared.release(), () => null);
      const blob = this.#toOpenBlob(shared, this.#hot.of(stored, shared.stats.size));
      return this.#verified.guard(stored, blob, async () => {
        const now = await stat(blobPath(this.#dataDir, sha256)).catch(missingAsNull);
        return now && toVersion(now);
      });
    });
  }

  storedBytes(sha256: Digest): MaybePromise<number | null> {
    return goOn(this.#openBlobFile(sha256), (shared) => {
      if (!shared) return null;
      const { stats } = shared;
      const isWrong = this.#verified.isKnownWrong(sha256, () => toVersion(stats));
      return goOn(shared.release(), () => (isWrong ? null : stats.size));
    });
  }

  #openBlobFile(sha256: Digest): MaybePromise<SharedFile | null> {
    const known = this.#files.find(sha256);
    if (known) return known;
    return openFile(blobPath(this.#dataDir, sha256)).then(async (file) => {
      if (file) return this.#files.add(sha256, file);
      await this.requireSite();
      return null;
    });
  }

  #toOpenBlob({ file, stats, release }: SharedFile, hot: HotFile | null): OpenBlob {
    const copyTo = (destination: Writable, range: ByteRange | null) => {
      const { start, end } = range ?? { start: 0, end: stats.size - 1 };
      const part = { fd: file.fd, startBytes: start, lengthBytes: end - start + 1, hot };
      return sendFile(part, destination, this.#buffers);
    };
    return { sizeBytes: stats.size, copyTo, close: release };
  }

  async delete(sha256: Digest, { unlessSince }: { unlessSince?: Date } = {}): Promise<boolean> {
    const path = blobPath(this.#dataDir, sha256);
    this.#files.forget(sha256);
    if (unlessSince) {
      // A rename sets ctime: of bytes that were moved into place a moment ago, the row may be still to come.
      const stats = await stat(path).catch(missingAsNull);
      if (stats && stats.ctime > unlessSince) return false;
    }
    await inWords(() => rm(path, { force: true }));
    return true;
  }

  async *listBlobs(): AsyncIterable<{ sha256: Digest; sizeBytes: number; changedAt: Date }> {
    for await (const folder of await opendir(blobsDir(this.#dataDir))) {
      if (!folder.isDirectory()) continue;
      for await (const entry of await opendir(join(blobsDir(this.#dataDir), folder.name))) {
        const sha256 = `sha256:${entry.name}`;
        if (!entry.isFile() || !isDigest(sha256)) continue;
        const stats = await stat(blobPath(this.#dataDir, sha256)).catch(missingAsNull);
        if (stats) yield { sha256, sizeBytes: stats.size, changedAt: stats.ctime };
      }
    }
  }

  async stage(id: string): Promise<void> {
    await inWords(async () => {
      this.#space.require(0);
      const file = await OpenFile.open(uploadPath(this.#dataDir, id), 'wx', 0o600);
      this.#hashes.set(id, { hash: createHash('sha256'), version: toVersion(file.stats()) });
      await file.close();
    });
  }

  async copyStaged(id: string, newId: string): Promise<void> {
    const sizeBytes = await this.stagedBytes(id);
    if (sizeBytes === null) throw new AppError('upload_not_found', 'There is no such upload.');
    const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
    const [from, to] = [uploadPath(this.#dataDir, id), uploadPath(this.#dataDir, newId)];
    await inWords(async () => {
      this.#space.require(sizeBytes);
      await copyFile(from, to, flags);
    });
  }

  async stagedBytes(id: string): Promise<number | null> {
    const path = uploadPath(this.#dataDir, id);
    return stat(path).then((stats) => stats.size, missingAsNull);
  }

  async append(id: string, source: Readable, options: AppendOptions): Promise<number> {
    return this.#withUpload(id, (file) => this.#append(file, id, { source, options }));
  }

  async commit(id: string, digest: Digest, last?: LastBytes): Promise<StoredBlob> {
    const stored = await this.#withUpload(id, async (file) => {
      if (last) await this.#append(file, id, last);
      return this.#commit(file, id, digest);
    });
    this.#hashes.delete(id);
    return stored;
  }

  async #append(file: OpenFile, id: string, { source, options }: LastBytes): Promise<number> {
    const sizeBytes = file.stats().size;
    if (options.offsetBytes !== null && options.offsetBytes !== sizeBytes) {
      throw new AppError('range_invalid', `The upload holds ${sizeBytes} bytes: go on from there.`);
    }
    const hash = await this.#hashOf(id, file);
    const roomBytes = (options.maxBytes ?? Number.MAX_SAFE_INTEGER) - sizeBytes;
    if ((options.announcedBytes ?? 0) > roomBytes) throw tooLarge(options);
    const comingBytes = options.announcedBytes ?? options.expectedBytes ?? 0;
    if (comingBytes > 0) this.#space.require(comingBytes);
    const limitBytes = Math.min(options.expectedBytes ?? roomBytes, roomBytes);
    const claim = (bytes: number) => {
      this.#space.claim(bytes);
      return options.claim?.(bytes);
    };
    const received = await receiveFile(source, {
      fd: file.fd,
      positionBytes: sizeBytes,
      hash,
      limitBytes,
      claim,
    }).catch(async (error: unknown) => {
      // The disk failed in the middle, or there was no more room: back to what was known to be good.
      await file.truncate(sizeBytes).catch(() => undefined);
      throw error;
    });
    if (received.outcome === 'over_limit' && limitBytes !== options.expectedBytes) {
      await file.truncate(sizeBytes);
      throw tooLarge(options);
    }
    if (received.outcome === 'over_limit' || (received.outcome === 'complete' && isShort(received, options))) {
      await file.truncate(sizeBytes);
      throw new AppError('size_mismatch', `Not the ${options.expectedBytes} bytes that were announced.`);
    }
    this.#hashes.set(id, { hash, version: toVersion(file.stats()) });
    if (received.outcome === 'broken') throw new AppError('upload_invalid', 'The body broke off.');
    return sizeBytes + received.receivedBytes;
  }

  async #commit(file: OpenFile, id: string, digest: Digest): Promise<StoredBlob> {
    const stats = file.stats();
    const hash = await this.#hashOf(id, file);
    const sha256 = toDigest('sha256', hash.digest('hex'));
    const isSha512Wanted = digestAlgorithm(digest) === 'sha512';
    const sha512 = isSha512Wanted ? toDigest('sha512', (await hashFile(file, 'sha512')).digest('hex')) : null;
    if ((sha512 ?? sha256) !== digest) {
      throw new AppError('digest_mismatch', 'The bytes that came have another digest.', {
        detail: { expected: digest, actual: sha512 ?? sha256 },
      });
    }
    await file.sync();
    if (toVersion(file.stats()) !== toVersion(stats)) {
      throw new AppError('range_invalid', 'Something else wrote to this upload while it was finished.');
    }
    await this.#place(id, sha256, file);
    return { sha256, sha512, sizeBytes: stats.size };
  }

  async discard(id: string): Promise<void> {
    this.#hashes.delete(id);
    await inWords(() => rm(uploadPath(this.#dataDir, id), { force: true }));
  }

  async startIntake(digest: Digest, sizeBytes: number | null): Promise<BlobIntake> {
    const id = randomUUID();
    const path = uploadPath(this.#dataDir, id);
    const file = await inWords(async () => {
      this.#space.require(sizeBytes ?? 0);
      return OpenFile.open(path, 'wx+', 0o600);
    });
    const place = (sha256: Digest) => this.#place(id, sha256, file);
    return new DiskIntake({ path, file, place, space: this.#space, buffers: this.#buffers }, digest, sizeBytes);
  }

  readSpace(): StoreSpace {
    return this.#space.read();
  }

  requireSpace(bytes: number): void {
    this.#space.require(bytes);
  }

  close(): void {
    this.#files.clear();
  }

  async *listStaged(): AsyncIterable<{ id: string; changedAt: Date }> {
    for await (const entry of await opendir(uploadsDir(this.#dataDir))) {
      if (!entry.isFile() || !isUploadId(entry.name)) continue;
      const stats = await stat(uploadPath(this.#dataDir, entry.name)).catch(missingAsNull);
      if (stats) yield { id: entry.name, changedAt: stats.mtime };
    }
  }

  /** `file`: what is staged as `id`, hashed and synced. */
  async #place(id: string, sha256: Digest, file: OpenFile): Promise<void> {
    const target = blobPath(this.#dataDir, sha256);
    const { size } = file.stats();
    const isRight = async (other: OpenFile, stats: Stats) => {
      if (stats.size !== size) return false;
      if (this.#verified.isKnownRight({ sha256, version: toVersion(stats) })) return true;
      return toDigest('sha256', (await hashFile(other, 'sha256')).digest('hex')) === sha256;
    };
    await placeFile({ file, path: uploadPath(this.#dataDir, id), target, isRight });
    this.#keepOpen(sha256, target);
  }

  /** Whoever pushed it looks at it next. What has the name now was hashed a moment ago. */
  #keepOpen(sha256: Digest, path: string): void {
    try {
      const shared = this.#files.add(sha256, OpenFile.openKnown(path, 'r'));
      this.#verified.remember({ sha256, version: toVersion(shared.stats) });
      void shared.release();
    } catch {
      // It is opened when it is asked for, if it is still there then.
    }
  }

  /** One request at a time works on an upload: bytes of two would mix. */
  async #withUpload<T>(id: string, work: (file: OpenFile) => Promise<T>): Promise<T> {
    if (this.#busyUploads.has(id)) throw new AppError('range_invalid', 'Another request is writing to this upload.');
    this.#busyUploads.add(id);
    try {
      const file = openStaged(uploadPath(this.#dataDir, id));
      if (!file) throw new AppError('upload_not_found', 'There is no such upload.');
      try {
        return await inWords(() => work(file));
      } finally {
        await file.close();
      }
    } finally {
      this.#busyUploads.delete(id);
    }
  }

  /**
   * Of the bytes that the file holds now: what was hashed before counts only for the very file it was hashed from. A copy to go on
   * with, since the remembered one changes only when the bytes are in the file.
   */
  async #hashOf(id: string, file: OpenFile): Promise<Hash> {
    const running = this.#hashes.get(id);
    return running?.version === toVersion(file.stats()) ? running.hash.copy() : hashFile(file, 'sha256');
  }
}

/** @throws AppError `unavailable` or `storage_full` when `dataDir` can't hold blobs. */
export async function openDiskStore(dataDir: string, options: DiskStoreOptions): Promise<DiskStore> {
  await inWords(async () => {
    for (const folder of [blobsDir(dataDir), uploadsDir(dataDir)])
      await mkdir(folder, { recursive: true, mode: 0o700 });
  });
  return new DiskStore(dataDir, options);
}

function tooLarge({ maxBytes }: AppendOptions): AppError {
  return new AppError('too_large', `A blob may have at most ${maxBytes} bytes here.`);
}

function isShort(received: { receivedBytes: number }, { expectedBytes }: AppendOptions): boolean {
  return expectedBytes !== null && received.receivedBytes < expectedBytes;
}
