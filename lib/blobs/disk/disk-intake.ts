// A blob of the disk store that is still coming in: a staged file that grows, and whoever reads it meanwhile.
import { createHash, type Hash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { digestAlgorithm, toDigest, type Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { BlobIntake, OpenBlob, StoredBlob } from '#lib/blobs/blob-store.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { DiskSpace } from './disk-space.ts';
import type { OpenFile } from './open-file.ts';
import { receiveFile } from './receive-file.ts';
import { sendFile } from './send-file.ts';
import { toStorageError } from './storage-errors.ts';

/** Given to readers only once the digest was found right: until then no reader has a whole blob. */
const HELD_BACK_BYTES = 64 * 1024;

export type IntakeFile = {
  path: string;
  file: OpenFile;
  buffers: BufferPool;
  space: DiskSpace;
  /** Gives the finished file its name as a blob, durably. */
  place: (sha256: Digest) => Promise<void>;
};

export class DiskIntake implements BlobIntake {
  readonly #target: IntakeFile;
  readonly #digest: Digest;
  readonly #sha256 = createHash('sha256');
  readonly #sha512: Hash | null;
  readonly #waiters = new Set<() => void>();
  #sizeBytes: number | null;
  #receivedBytes = 0;
  /** Readers, and the writer. */
  #users = 1;
  #state: 'coming' | 'here' | 'failed' = 'coming';
  #failure: Error | null = null;

  constructor(target: IntakeFile, digest: Digest, sizeBytes: number | null) {
    this.#target = target;
    this.#digest = digest;
    this.#sizeBytes = sizeBytes;
    this.#sha512 = digestAlgorithm(digest) === 'sha512' ? createHash('sha512') : null;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  async append(source: Readable): Promise<'complete' | 'broken'> {
    const { outcome } = await receiveFile(source, {
      fd: this.#target.file.fd,
      positionBytes: this.#receivedBytes,
      hash: {
        update: (chunk) => {
          this.#sha256.update(chunk);
          this.#sha512?.update(chunk);
        },
      },
      limitBytes: (this.#sizeBytes ?? Number.MAX_SAFE_INTEGER) - this.#receivedBytes,
      claim: (bytes) => this.#target.space.claim(bytes),
      onWritten: (endBytes) => {
        this.#receivedBytes = endBytes;
        this.#wake();
      },
    }).catch((error: unknown) => {
      throw toStorageError(error);
    });
    if (outcome === 'over_limit')
      throw new AppError('size_mismatch', `More than the ${this.#sizeBytes} bytes announced.`);
    return outcome;
  }

  async commit(): Promise<StoredBlob> {
    try {
      const stored = this.#check();
      await this.#target.file.sync();
      await this.#target.place(stored.sha256);
      this.#sizeBytes = stored.sizeBytes;
      this.#state = 'here';
      return stored;
    } catch (error) {
      const problem = toStorageError(error);
      const failure = problem instanceof Error ? problem : new AppError('internal', 'A blob could not be stored.');
      await this.fail(failure);
      throw failure;
    } finally {
      this.#wake();
    }
  }

  #check(): StoredBlob {
    const sizeBytes = this.#receivedBytes;
    if (this.#sizeBytes !== null && this.#sizeBytes !== sizeBytes) {
      throw new AppError('size_mismatch', `${sizeBytes} bytes came, not the ${this.#sizeBytes} announced.`);
    }
    const sha256 = toDigest('sha256', this.#sha256.digest('hex'));
    const sha512 = this.#sha512 && toDigest('sha512', this.#sha512.digest('hex'));
    const actual = sha512 ?? sha256;
    if (actual !== this.#digest) {
      const detail = { expected: this.#digest, actual };
      throw new AppError('digest_mismatch', 'The bytes that came have another digest.', { detail });
    }
    return { sha256, sha512, sizeBytes };
  }

  async fail(reason: Error): Promise<void> {
    if (this.#state !== 'coming') return;
    this.#state = 'failed';
    this.#failure = reason;
    this.#wake();
    await rm(this.#target.path, { force: true });
  }

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
      const lengthBytes = Math.min(this.#readableBytes(), endBytes) - position;
      if (lengthBytes <= 0) {
        await this.#nextChange(destination);
        continue;
      }
      const part = { fd: this.#target.file.fd, startBytes: position, lengthBytes, hot: null };
      await sendFile(part, destination, this.#target.buffers);
      position += lengthBytes;
    }
  }

  #readableBytes(): number {
    if (this.#state === 'here') return this.#receivedBytes;
    return Math.min(this.#receivedBytes, (this.#sizeBytes ?? 0) - HELD_BACK_BYTES);
  }

  /** Resolves when more may be there to read. Rejects when nothing will come, or `reader` has gone. */
  #nextChange(reader: Writable | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiters.delete(settle);
        reader?.off('close', settle);
        if (this.#failure) reject(this.#failure);
        else if (reader?.destroyed) reject(new AppError('unavailable', 'The reader went away.'));
        else resolve();
      };
      if (this.#state !== 'coming' || reader?.destroyed) return settle();
      this.#waiters.add(settle);
      reader?.once('close', settle);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiters]) wake();
  }

  /** The file stays open, under whatever name it has or none, until the last user leaves. */
  async close(): Promise<void> {
    this.#users -= 1;
    if (this.#users === 0) await this.#target.file.close();
  }
}
