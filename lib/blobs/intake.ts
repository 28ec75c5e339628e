// Receives blobs from pushes and pull-through. Stages, hashes and limits them, then hands the finished file to the
// store.
import type { KeyScope } from '#lib/platform/key-scope.ts';
import { createHash, randomUUID, type Hash } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { digestAlgorithm, toDigest, type Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { BlobStore, StoredBlob } from './blob-store.ts';
import { IncomingBlob } from './incoming-blob.ts';
import type { StagedFile, StagedWriter, StagingArea } from './staging-area.ts';
import type { Room } from './volume.ts';

const MAX_REMEMBERED_HASHES = 1000;

export type AppendOptions = {
  /** Offset of the first byte. Null: the current end of the upload. */
  offsetBytes: number | null;
  /** Exact number of bytes required. Null: any. */
  expectedBytes: number | null;
  /**
   * Number of bytes that the source announces. Null or omitted: unknown. Without enough room, the append fails before
   * reading.
   */
  announcedBytes?: number | null;
  /** Maximum size of the whole upload. */
  maxBytes?: number;
  /** Called before each write with the number of bytes in it. An error aborts the append. */
  claim?: (bytes: number) => void | Promise<void>;
};

/** The body of the request that finishes an upload. It may be empty. */
export type LastBytes = { source: Readable; options: AppendOptions };

export type FinishOptions = { digest: Digest; scope: KeyScope; last?: LastBytes };

/** The running SHA-256 of a staged file at `version`. */
type RunningHash = { hash: Hash; version: string };

const NO_HASH = { update: () => undefined };

type Parts = { store: BlobStore; staging: StagingArea; room: Room };

export class Intake {
  readonly #store: BlobStore;
  readonly #staging: StagingArea;
  readonly #room: Room;
  /** Hash states can't be persisted. After a restart or an eviction, the staged file is rehashed. */
  readonly #hashes = new LRUCache<string, RunningHash>({ max: MAX_REMEMBERED_HASHES });
  /** For metrics: uploads being written now, and what became blobs since the process started. */
  readonly counts = { writing: 0, blobs: 0, bytes: 0 };

  constructor({ store, staging, room }: Parts) {
    this.#store = store;
    this.#staging = staging;
    this.#room = room;
  }

  /** Begins an empty upload. @throws AppError `storage_full`, `unavailable` */
  async begin(id: string): Promise<void> {
    this.#room.requireRoom(0);
    const { version } = await this.#staging.create(id);
    this.#hashes.set(id, { hash: createHash('sha256'), version });
  }

  /**
   * Continues an upload under a new id, out of reach of a writer whose lease expired.
   * @throws AppError `upload_not_found`, `storage_full`, `unavailable`
   */
  async takeOver(id: string, newId: string): Promise<void> {
    const sizeBytes = await this.#staging.readSize(id);
    if (sizeBytes === null) throw new AppError('upload_not_found', "The upload doesn't exist.");
    this.#room.requireRoom(sizeBytes);
    await this.#staging.copy(id, newId);
  }

  /** Resolves to the size of an upload in bytes, or to null when it doesn't exist. */
  readSize(id: string): Promise<number | null> {
    return this.#staging.readSize(id);
  }

  /**
   * Appends `source` and resolves to the new size. If the source is interrupted, the received bytes are kept. Any other
   * failure leaves the upload unchanged.
   * @throws AppError `upload_not_found`, `range_invalid` (wrong offset, or another writer), `size_mismatch`,
   * `too_large`, `upload_invalid` (source interrupted), `storage_full`, `unavailable`
   */
  append(writer: StagedWriter, source: Readable, options: AppendOptions): Promise<number> {
    return this.#write(writer, (file) => this.#append(file, { source, options }));
  }

  /**
   * Appends the last bytes as `append` does, and turns the upload into a durable blob. On a digest mismatch, the upload
   * stays open.
   * @throws AppError as `append` and BlobStore.put do, and `digest_mismatch`
   */
  async finish(writer: StagedWriter, { digest, scope, last }: FinishOptions): Promise<StoredBlob> {
    const stored = await this.#write({ ...writer, scope }, async (file) => {
      if (last) await this.#append(file, last);
      const { sizeBytes, version } = file.stat();
      const sha256 = toDigest('sha256', (await this.#hashOf(file)).digest('hex'));
      const sha512 = digestAlgorithm(digest) === 'sha512' ? await readSha512(file) : null;
      requireDigest(digest, sha512 ?? sha256);
      await this.#store.put({ sha256, scope }, { id: file.id, version });
      return { sha256, sha512, sizeBytes };
    });
    this.#hashes.delete(writer.id);
    this.counts.blobs += 1;
    this.counts.bytes += stored.sizeBytes;
    return stored;
  }

  /** Streams the bytes of an upload that nobody writes to any more. It has at least one. @throws AppError `upload_not_found` */
  async reread(id: string): Promise<Readable> {
    const file = await this.#staging.open({ id, fence: 0n });
    const bytes = new PassThrough();
    const copied = file.copyTo(bytes, { start: 0, end: file.stat().sizeBytes - 1 }).finally(() => file.close());
    copied.then(
      () => bytes.end(),
      (error: Error) => bytes.destroy(error),
    );
    return bytes;
  }

  /** Discards an upload. Discarding a missing one succeeds. */
  async discard(id: string): Promise<void> {
    this.#hashes.delete(id);
    await this.#staging.discard(id);
  }

  /** Lists staged files last written before `before`. */
  listStale(before: Date): AsyncIterable<{ id: string; changedAt: Date }> {
    return this.#staging.listStale(before);
  }

  /**
   * Begins a blob that can be read while it arrives. `sizeBytes` is its exact size; null: unknown. After a crash, its
   * staged file is swept like an abandoned upload.
   * @throws AppError `storage_full`, `unavailable`
   */
  async receive(wanted: { digest: Digest; scope: KeyScope; sizeBytes: number | null }): Promise<IncomingBlob> {
    const id = randomUUID();
    this.#room.requireRoom(wanted.sizeBytes ?? 0);
    await this.#staging.create(id, { isFollowed: true });
    const file = await this.#staging.open({ id, fence: 0n, scope: wanted.scope });
    return new IncomingBlob({ file, store: this.#store, staging: this.#staging, room: this.#room }, wanted);
  }

  async #write<T>(writer: StagedWriter, work: (file: StagedFile) => Promise<T>): Promise<T> {
    this.counts.writing += 1;
    try {
      return await this.#writeTo(await this.#staging.open(writer), work);
    } finally {
      this.counts.writing -= 1;
    }
  }

  async #writeTo<T>(file: StagedFile, work: (file: StagedFile) => Promise<T>): Promise<T> {
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  }

  async #append(file: StagedFile, { source, options }: LastBytes): Promise<number> {
    const { expectedBytes, announcedBytes = null, maxBytes = Number.MAX_SAFE_INTEGER } = options;
    const { sizeBytes } = file.stat();
    if (options.offsetBytes !== null && options.offsetBytes !== sizeBytes) {
      throw new AppError('range_invalid', `The upload holds ${sizeBytes} bytes. Resume from there.`);
    }
    const hash = file.hashesLate ? this.#recallHash(file) : await this.#hashOf(file);
    const roomBytes = maxBytes - sizeBytes;
    if ((announcedBytes ?? 0) > roomBytes) throw tooLarge(maxBytes);
    const comingBytes = announcedBytes ?? expectedBytes ?? 0;
    if (comingBytes > 0) this.#room.requireRoom(comingBytes);
    const limitBytes = Math.min(expectedBytes ?? roomBytes, roomBytes);
    const claim = (bytes: number) => {
      this.#room.claimRoom(bytes);
      return options.claim?.(bytes);
    };
    const sink = {
      offsetBytes: sizeBytes,
      limitBytes,
      announcedBytes: announcedBytes ?? expectedBytes,
      hash: hash ?? NO_HASH,
      claim,
    };
    const { receivedBytes, outcome } = await file.append(source, sink).catch(async (error: unknown) => {
      // The disk failed midway, or space ran out.
      await file.truncate(sizeBytes).catch(() => undefined);
      throw error;
    });
    if (outcome === 'over_limit' && limitBytes !== expectedBytes) {
      await file.truncate(sizeBytes);
      throw tooLarge(maxBytes);
    }
    const isShort = outcome === 'complete' && expectedBytes !== null && receivedBytes < expectedBytes;
    if (outcome === 'over_limit' || isShort) {
      await file.truncate(sizeBytes);
      throw new AppError('size_mismatch', `The body doesn't match its announced size of ${expectedBytes} bytes.`);
    }
    if (hash) this.#hashes.set(file.id, { hash, version: file.stat().version });
    if (outcome === 'broken') throw new AppError('upload_invalid', 'The body is incomplete.');
    return sizeBytes + receivedBytes;
  }

  /** Returns a copy of the cached hash state, or null. An empty file needs none. */
  #recallHash(file: StagedFile): Hash | null {
    const running = this.#hashes.get(file.id);
    const { sizeBytes, version } = file.stat();
    if (running?.version === version) return running.hash.copy();
    return sizeBytes === 0 ? createHash('sha256') : null;
  }

  /**
   * Hashes a staged file. A cached hash state is valid only for the version that it was computed from. Returns a copy,
   * so that a failed write leaves the cached state unchanged.
   */
  async #hashOf(file: StagedFile): Promise<Hash> {
    return this.#recallHash(file) ?? file.hash('sha256');
  }
}

async function readSha512(file: StagedFile): Promise<Digest> {
  return toDigest('sha512', (await file.hash('sha512')).digest('hex'));
}

function requireDigest(expected: Digest, actual: Digest): void {
  if (actual === expected) return;
  throw new AppError('digest_mismatch', "The digest doesn't match the uploaded content.", {
    detail: { expected, actual },
  });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('too_large', `A blob can have at most ${maxBytes} bytes.`);
}
