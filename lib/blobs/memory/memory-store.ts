import { createHash } from 'node:crypto';
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
import { readBlob } from '#lib/blobs/read-blob.ts';
import type { StagedVersion } from '#lib/blobs/staging-area.ts';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { MemoryStaging } from './memory-staging.ts';
import { sendBuffer } from '#lib/blobs/send-buffer.ts';

type Stored = { key: BlobKey; bytes: Buffer; version: string; changedAt: Date };

/** Stores blobs in memory, so that tests of decorators need no disk. */
export class MemoryStore implements BlobStore {
  readonly #staging: MemoryStaging;
  readonly #blobs = new Map<string, Stored>();
  #writes = 0;
  /** Number of `copyTo` calls. */
  copies = 0;

  constructor(staging: MemoryStaging) {
    this.#staging = staging;
  }

  /** Overwrites the bytes of a blob, as a faulty disk would. */
  overwrite(key: BlobKey, bytes: Buffer): void {
    this.#writes += 1;
    this.#blobs.set(toMapKey(key), { key, bytes, version: String(this.#writes), changedAt: new Date() });
  }

  async open(key: BlobKey): Promise<BlobBytes | null> {
    return Promise.resolve(this.openCached(key));
  }

  openCached(key: BlobKey): BlobBytes | null {
    const stored = this.#blobs.get(toMapKey(key));
    if (!stored) return null;
    const { bytes, version } = stored;
    const blob = toOpenBlob(bytes);
    return {
      ...blob,
      kind: 'bytes',
      version,
      copyTo: (destination, range) => {
        this.copies += 1;
        return blob.copyTo(destination, range);
      },
    };
  }

  recallRedirect(): null {
    return null;
  }

  async stat(key: BlobKey): Promise<BlobStat | null> {
    const stored = this.#blobs.get(toMapKey(key));
    if (!stored) return Promise.resolve(null);
    const { bytes, version, changedAt } = stored;
    return Promise.resolve({ sizeBytes: bytes.length, version, changedAt });
  }

  async put(key: BlobKey, { id, version }: StagedVersion, { digestOf }: PutOptions = {}): Promise<string | null> {
    const isRight = async (bytes: Buffer) => (await (digestOf ?? sha256Of)(toOpenBlob(bytes))) === key.sha256;
    const staged = this.#staging.files.get(id);
    if (!staged) throw new AppError('upload_not_found', "The upload doesn't exist.");
    if (String(staged.version) !== version) throw new AppError('range_invalid', 'The upload has changed.');
    const stored = this.#blobs.get(toMapKey(key));
    const isIntact = stored && (await isRight(stored.bytes));
    if (stored && !isIntact && !(await isRight(staged.bytes))) throw new AppError('unavailable', 'The bytes changed.');
    if (isIntact) stored.changedAt = new Date();
    else this.overwrite(key, staged.bytes);
    this.#staging.files.delete(id);
    return (await this.stat(key))?.version ?? null;
  }

  async delete(key: BlobKey, { unlessSince }: DeleteOptions = {}): Promise<boolean> {
    const stored = this.#blobs.get(toMapKey(key));
    if (stored && unlessSince && stored.changedAt > unlessSince) return Promise.resolve(false);
    this.#blobs.delete(toMapKey(key));
    return Promise.resolve(true);
  }

  async *list(): AsyncIterable<BlobKey & { sizeBytes: number; changedAt: Date }> {
    await Promise.resolve();
    for (const { key, bytes, changedAt } of this.#blobs.values()) {
      yield { sha256: key.sha256, scope: key.scope, sizeBytes: bytes.length, changedAt };
    }
  }
}

function toOpenBlob(bytes: Buffer): OpenBlob {
  return {
    sizeBytes: bytes.length,
    copyTo: (destination, range) => {
      return sendBuffer(range ? bytes.subarray(range.start, range.end + 1) : bytes, destination);
    },
    close: () => Promise.resolve(),
  };
}

async function sha256Of(blob: OpenBlob): Promise<Digest> {
  const bytes = (await readBlob(blob, Infinity)) ?? '';
  return toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
}
