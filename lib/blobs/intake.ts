// What pushes and pull-through call to bring bytes in: receives them into the staging area, hashes and limits them, and hands the
// finished file to the store.
import { createHash, randomUUID, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { digestAlgorithm, toDigest, type Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { BlobStore, KeyScope, StoredBlob } from './blob-store.ts';
import { IncomingBlob } from './incoming-blob.ts';
import type { StagedFile, StagedWriter, StagingArea } from './staging-area.ts';
import type { Room } from './volume.ts';

const MAX_REMEMBERED_HASHES = 1000;

export type AppendOptions = {
  /** Where the bytes belong. Null: at the end, wherever that is. */
  offsetBytes: number | null;
  /** How many must arrive. Null: any number. */
  expectedBytes: number | null;
  /** How many the source announces. Null or left out: unknown. More than there is room for is refused before anything is read. */
  announcedBytes?: number | null;
  /** How large the upload may become. */
  maxBytes?: number;
  /** Called before each write with the number of bytes in it. An error ends the append. */
  claim?: (bytes: number) => void | Promise<void>;
};

/** The body of the request that finishes an upload. It may be empty. */
export type LastBytes = { source: Readable; options: AppendOptions };

export type FinishOptions = { digest: Digest; scope: KeyScope; last?: LastBytes };

/** The SHA-256 of everything a staged file held in `version`, open for more. */
type RunningHash = { hash: Hash; version: string };

type Parts = { store: BlobStore; staging: StagingArea; room: Room };

export class Intake {
  readonly #store: BlobStore;
  readonly #staging: StagingArea;
  readonly #room: Room;
  /** Hashes can't be saved. After a restart or an eviction, the staged file is read again. */
  readonly #hashes = new LRUCache<string, RunningHash>({ max: MAX_REMEMBERED_HASHES });

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
   * Continues an upload under a new id, beyond the reach of a writer whose lease expired.
   * @throws AppError `upload_not_found`, `storage_full`, `unavailable`
   */
  async takeOver(id: string, newId: string): Promise<void> {
    const sizeBytes = await this.#staging.readSize(id);
    if (sizeBytes === null) throw new AppError('upload_not_found', 'There is no such upload.');
    this.#room.requireRoom(sizeBytes);
    await this.#staging.copy(id, newId);
  }

  /** Resolves to how many bytes an upload holds, or to null when it doesn't exist. */
  readSize(id: string): Promise<number | null> {
    return this.#staging.readSize(id);
  }

  /**
   * Adds the bytes of `source` and resolves to the new size. If the source breaks off, what arrived is kept. After any other failure the
   * upload is as it was.
   * @throws AppError `upload_not_found`, `range_invalid` (wrong offset, or another writer), `size_mismatch`, `too_large`,
   * `upload_invalid` (the source broke off), `storage_full`, `unavailable`
   */
  append(writer: StagedWriter, source: Readable, options: AppendOptions): Promise<number> {
    return this.#write(writer, (file) => this.#append(file, { source, options }));
  }

  /**
   * Adds the last bytes as `append` does, and turns the upload into a blob that survives a power cut. If the digest differs, the upload
   * stays.
   * @throws AppError as `append` and BlobStore.put do, and `digest_mismatch`
   */
  async finish(writer: StagedWriter, { digest, scope, last }: FinishOptions): Promise<StoredBlob> {
    const stored = await this.#write(writer, async (file) => {
      if (last) await this.#append(file, last);
      const { sizeBytes, version } = file.stat();
      const sha256 = toDigest('sha256', (await this.#hashOf(file)).digest('hex'));
      const sha512 = digestAlgorithm(digest) === 'sha512' ? await readSha512(file) : null;
      requireDigest(digest, sha512 ?? sha256);
      await this.#store.put({ sha256, scope }, { id: file.id, version });
      return { sha256, sha512, sizeBytes };
    });
    this.#hashes.delete(writer.id);
    return stored;
  }

  /** Forgets an upload. Discarding one that doesn't exist is fine. */
  async discard(id: string): Promise<void> {
    this.#hashes.delete(id);
    await this.#staging.discard(id);
  }

  /** Lists what is staged and was last written before `before`. */
  listStale(before: Date): AsyncIterable<{ id: string; changedAt: Date }> {
    return this.#staging.listStale(before);
  }

  /**
   * Begins a blob that can be read while it arrives. `sizeBytes` is what must arrive; null: unknown until the end. After a crash its
   * staged file is swept like those of uploads, and never read again.
   * @throws AppError `storage_full`, `unavailable`
   */
  async receive(wanted: { digest: Digest; scope: KeyScope; sizeBytes: number | null }): Promise<IncomingBlob> {
    const id = randomUUID();
    this.#room.requireRoom(wanted.sizeBytes ?? 0);
    await this.#staging.create(id);
    const file = await this.#staging.open({ id, fence: 0n });
    return new IncomingBlob({ file, store: this.#store, staging: this.#staging, room: this.#room }, wanted);
  }

  async #write<T>(writer: StagedWriter, work: (file: StagedFile) => Promise<T>): Promise<T> {
    const file = await this.#staging.open(writer);
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
    const hash = await this.#hashOf(file);
    const roomBytes = maxBytes - sizeBytes;
    if ((announcedBytes ?? 0) > roomBytes) throw tooLarge(maxBytes);
    const comingBytes = announcedBytes ?? expectedBytes ?? 0;
    if (comingBytes > 0) this.#room.requireRoom(comingBytes);
    const limitBytes = Math.min(expectedBytes ?? roomBytes, roomBytes);
    const claim = (bytes: number) => {
      this.#room.claimRoom(bytes);
      return options.claim?.(bytes);
    };
    const sink = { offsetBytes: sizeBytes, limitBytes, hash, claim };
    const { receivedBytes, outcome } = await file.append(source, sink).catch(async (error: unknown) => {
      // The disk failed halfway, or the room ran out.
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
      throw new AppError('size_mismatch', `The body doesn't have the ${expectedBytes} bytes announced.`);
    }
    this.#hashes.set(file.id, { hash, version: file.stat().version });
    if (outcome === 'broken') throw new AppError('upload_invalid', 'The body broke off.');
    return sizeBytes + receivedBytes;
  }

  /**
   * Hashes what a staged file holds now. A remembered hash counts only for the very version it was made from. Returns a copy, because
   * the remembered one must change only once the bytes are in the file.
   */
  async #hashOf(file: StagedFile): Promise<Hash> {
    const running = this.#hashes.get(file.id);
    return running?.version === file.stat().version ? running.hash.copy() : file.hash('sha256');
  }
}

async function readSha512(file: StagedFile): Promise<Digest> {
  return toDigest('sha512', (await file.hash('sha512')).digest('hex'));
}

function requireDigest(expected: Digest, actual: Digest): void {
  if (actual === expected) return;
  throw new AppError('digest_mismatch', 'The bytes received have a different digest.', {
    detail: { expected, actual },
  });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('too_large', `A blob may have at most ${maxBytes} bytes here.`);
}
