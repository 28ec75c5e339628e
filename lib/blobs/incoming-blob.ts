import type { KeyScope } from '#lib/platform/key-scope.ts';
import { createHash, type Hash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { digestAlgorithm, toDigest, type Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import { HELD_BACK_BYTES, type BlobStore, type OpenBlob, type StoredBlob } from './blob-store.ts';
import type { StagedFile, StagingArea } from './staging-area.ts';
import type { Room } from './volume.ts';

type Parts = {
  /** Shared by the writer and all readers. */
  file: StagedFile;
  store: BlobStore;
  staging: Pick<StagingArea, 'discard'>;
  room: Room;
};

/**
 * A blob that is being received from an upstream. One writer appends while many readers follow, each at its own pace.
 */
export class IncomingBlob {
  readonly #parts: Parts;
  readonly #digest: Digest;
  readonly #scope: KeyScope;
  readonly #sha256 = createHash('sha256');
  readonly #sha512: Hash | null;
  readonly #waiters = new Set<() => void>();
  #sizeBytes: number | null;
  #receivedBytes = 0;
  /** Number of readers, plus the writer. */
  #users = 1;
  #state: 'arriving' | 'stored' | 'failed' = 'arriving';
  #failure: Error | null = null;

  constructor(parts: Parts, wanted: { digest: Digest; scope: KeyScope; sizeBytes: number | null }) {
    this.#parts = parts;
    this.#digest = wanted.digest;
    this.#scope = wanted.scope;
    this.#sizeBytes = wanted.sizeBytes;
    this.#sha512 = digestAlgorithm(wanted.digest) === 'sha512' ? createHash('sha512') : null;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /**
   * Appends `source`. After `broken`, another source can resume from `receivedBytes`.
   * @throws AppError `size_mismatch`, `storage_full`, `unavailable`
   */
  async append(source: Readable): Promise<'complete' | 'broken'> {
    const { outcome } = await this.#parts.file.append(source, {
      offsetBytes: this.#receivedBytes,
      limitBytes: (this.#sizeBytes ?? Number.MAX_SAFE_INTEGER) - this.#receivedBytes,
      hash: {
        update: (chunk) => {
          this.#sha256.update(chunk);
          this.#sha512?.update(chunk);
        },
      },
      claim: (bytes) => this.#parts.room.claimRoom(bytes),
      onWritten: (endBytes) => {
        this.#receivedBytes = endBytes;
        this.#wake();
      },
    });
    if (outcome === 'over_limit') {
      throw new AppError('size_mismatch', `The source sent more than ${this.#sizeBytes} bytes.`);
    }
    return outcome;
  }

  /**
   * Stores the blob as durably as a push, and releases its end to readers. On failure, readers get the same error.
   * @throws AppError `digest_mismatch`, `size_mismatch`, `storage_full`, `unavailable`
   */
  async commit(): Promise<StoredBlob> {
    try {
      const stored = this.#check();
      const { file, store } = this.#parts;
      await store.put({ sha256: stored.sha256, scope: this.#scope }, { id: file.id, version: file.stat().version });
      this.#sizeBytes = stored.sizeBytes;
      this.#state = 'stored';
      return stored;
    } catch (error) {
      const failure = error instanceof Error ? error : new AppError('internal', 'The blob could not be stored.');
      await this.fail(failure);
      throw failure;
    } finally {
      this.#wake();
    }
  }

  #check(): StoredBlob {
    const sizeBytes = this.#receivedBytes;
    if (this.#sizeBytes !== null && this.#sizeBytes !== sizeBytes) {
      throw new AppError('size_mismatch', `The source sent ${sizeBytes} bytes instead of ${this.#sizeBytes}.`);
    }
    const sha256 = toDigest('sha256', this.#sha256.digest('hex'));
    const sha512 = this.#sha512 && toDigest('sha512', this.#sha512.digest('hex'));
    const actual = sha512 ?? sha256;
    if (actual !== this.#digest) {
      const detail = { expected: this.#digest, actual };
      throw new AppError('digest_mismatch', "The digest doesn't match the uploaded content.", { detail });
    }
    return { sha256, sha512, sizeBytes };
  }

  /** Fails every reader with `reason` and discards the bytes. Does nothing once the blob is stored. */
  async fail(reason: Error): Promise<void> {
    if (this.#state !== 'arriving') return;
    this.#state = 'failed';
    this.#failure = reason;
    this.#wake();
    await this.#parts.staging.discard(this.#parts.file.id);
  }

  /** Opens the blob for a reader; the caller closes it. If the size is unknown, waits until the blob is complete. */
  async open(): Promise<OpenBlob> {
    this.#users += 1;
    try {
      if (this.#failure) throw this.#failure;
      while (this.#sizeBytes === null) await this.#nextChange(null);
    } catch (error) {
      await this.close();
      throw error;
    }
    return {
      sizeBytes: this.#sizeBytes,
      copyTo: (destination, range) => this.#copyTo(destination, range),
      close: () => this.close(),
    };
  }

  async #copyTo(destination: Writable, range: ByteRange | null): Promise<void> {
    let position = range?.start ?? 0;
    const endBytes = range ? range.end + 1 : (this.#sizeBytes ?? 0);
    while (position < endBytes) {
      const readableBytes = Math.min(this.#readableBytes(), endBytes);
      if (readableBytes <= position) {
        await this.#nextChange(destination);
        continue;
      }
      await this.#parts.file.copyTo(destination, { start: position, end: readableBytes - 1 });
      position = readableBytes;
    }
  }

  #readableBytes(): number {
    if (this.#state === 'stored') return this.#receivedBytes;
    return Math.min(this.#receivedBytes, (this.#sizeBytes ?? 0) - HELD_BACK_BYTES);
  }

  /** Resolves when more bytes may be readable. Rejects if the blob has failed or `reader` has disconnected. */
  #nextChange(reader: Writable | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiters.delete(settle);
        reader?.off('close', settle);
        if (this.#failure) reject(this.#failure);
        else if (reader?.destroyed) reject(new AppError('unavailable', 'The reader went away.'));
        else resolve();
      };
      if (this.#state !== 'arriving' || reader?.destroyed) return settle();
      this.#waiters.add(settle);
      reader?.once('close', settle);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiters]) wake();
  }

  /** Releases the writer or a reader. The last one closes the staged file. */
  async close(): Promise<void> {
    this.#users -= 1;
    if (this.#users === 0) await this.#parts.file.close();
  }
}
