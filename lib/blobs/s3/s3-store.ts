import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { toWritable } from '#lib/blobs/to-writable.ts';
import {
  toMapKey,
  type BlobBytes,
  type BlobKey,
  type BlobRedirect,
  type BlobStat,
  type BlobStore,
  type DeleteOptions,
  type OpenedBlob,
  type OpenOptions,
  type PutOptions,
} from '#lib/blobs/blob-store.ts';
import type { StagedVersion } from '#lib/blobs/staging-area.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Bucket } from './bucket.ts';
import type { UrlSigner } from './delivery.ts';
import {
  findObject,
  insertObject,
  listObjects,
  removeObject,
  renewObject,
  replaceObject,
  type BlobObject,
  type FinishedObject,
} from './object-rows.sql.ts';
import { storageBusy } from './s3-errors.ts';
import type { S3Staging } from './s3-staging.ts';
import { sendObject } from './send-object.ts';

/** Smaller blobs are cached in memory and sent by this process. */
export const MIN_REDIRECTED_BYTES = 1024 * 1024;
/** Objects of removed blobs stay longer than this and a signed URL together (reap-uploads.ts). */
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 50_000;
/** A bucket may not show an object at once, although it has confirmed it. */
const NEW_FOR_MS = 10_000;
const MAX_NEW = 1000;
const LIST_BATCH = 500;
const MAX_PUT_TRIES = 20;

export type S3StoreParts = {
  bucket: Bucket;
  pool: pg.Pool;
  staging: S3Staging;
  volume: Pick<Volume, 'requireSite'>;
  /** Null: every blob is sent by this process. */
  urls: UrlSigner | null;
};

/** Stores each blob in an object with a random name, which its row holds (object-rows.sql.ts). */
export class S3Store implements BlobStore {
  readonly #parts: S3StoreParts;
  /** Objects that this process has just stored. */
  readonly #new = new LRUCache<string, true>({ max: MAX_NEW, ttl: NEW_FOR_MS });
  readonly #known = new LRUCache<string, BlobObject>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });

  constructor(parts: S3StoreParts) {
    this.#parts = parts;
  }

  async open(key: BlobKey, { isRaw = false, mayRedirect = false }: OpenOptions = {}): Promise<OpenedBlob | null> {
    const object = (isRaw ? null : this.#known.get(toMapKey(key))) ?? (await this.#find(key));
    if (!object) {
      await this.#parts.volume.requireSite();
      return null;
    }
    const { urls } = this.#parts;
    if (mayRedirect && urls && isRedirected(object)) {
      return { kind: 'redirect', url: await urls.sign(object.objectKey) };
    }
    return this.#toBytes(object);
  }

  openCached(key: BlobKey): BlobBytes | null {
    const object = this.#known.get(toMapKey(key));
    return object && !(this.#parts.urls && isRedirected(object)) ? this.#toBytes(object) : null;
  }

  recallRedirect(key: BlobKey): BlobRedirect | null {
    const object = this.#known.get(toMapKey(key));
    const url = object && isRedirected(object) ? this.#parts.urls?.recall(object.objectKey) : null;
    return url ? { kind: 'redirect', url } : null;
  }

  #toBytes(object: BlobObject): BlobBytes {
    const { objectKey, sizeBytes, etag } = object;
    return {
      kind: 'bytes',
      sizeBytes,
      version: toVersion(object),
      copyTo: (destination, range) => {
        const whole = { start: 0, end: sizeBytes - 1 };
        return sendObject(this.#parts.bucket, { key: objectKey, etag }, range ?? whole, destination);
      },
      close: () => Promise.resolve(),
    };
  }

  async stat(key: BlobKey): Promise<BlobStat | null> {
    const object = await this.#find(key);
    if (!object) {
      await this.#parts.volume.requireSite();
      return null;
    }
    return { sizeBytes: object.sizeBytes, version: toVersion(object), changedAt: object.storedAt };
  }

  /** Reads the row and checks the object. */
  async #find(key: BlobKey): Promise<BlobObject | null> {
    const row = await findObject(this.#parts.pool, key);
    const object = row && (await this.#check(row));
    if (object) this.#known.set(toMapKey(key), object);
    else this.#known.delete(toMapKey(key));
    return object;
  }

  /** Resolves to what is stored now, or to null when the object is missing. */
  async #check(row: BlobObject): Promise<BlobObject | null> {
    const stat = await this.#parts.bucket.head(row.objectKey);
    if (stat) return { ...row, ...stat };
    return this.#new.has(row.objectKey) ? row : null;
  }

  async put(key: BlobKey, staged: StagedVersion, options: PutOptions = {}): Promise<string | null> {
    const { staging, pool } = this.#parts;
    const file = await staging.openFinished(staged);
    const object = await file.finish();
    for (let tries = 0; tries < MAX_PUT_TRIES; tries += 1) {
      const row = await findObject(pool, key);
      if (!row) {
        if (await insertObject(pool, key, object)) return this.#keep(key, staged.id, object);
        if ((await staging.readSavedSize(staged.id)) === null) throw takenOver();
        continue;
      }
      const stored = await this.#check(row);
      if (stored && (await this.#isRight(key, stored, object, options))) {
        if (!(await renewObject(pool, key, stored.objectKey))) continue;
        await staging.discard(staged.id);
        this.#known.set(toMapKey(key), stored);
        return toVersion(stored);
      }
      // Read back, because they replace bytes that were once right.
      if ((await this.#digestOf({ ...object, storedAt: row.storedAt }, options)) !== key.sha256) {
        throw new AppError('unavailable', 'The bytes changed after they were written. Push the blob again.');
      }
      if (await replaceObject(pool, key, object, row.objectKey)) return this.#keep(key, staged.id, object);
      if ((await staging.readSavedSize(staged.id)) === null) throw takenOver();
    }
    throw storageBusy();
  }

  async #keep(key: BlobKey, stagedId: string, { objectKey, sizeBytes, etag }: FinishedObject): Promise<string> {
    const { staging } = this.#parts;
    this.#new.set(objectKey, true);
    staging.forget(stagedId);
    await staging.endFollowing(stagedId);
    const object = { objectKey, sizeBytes, etag, storedAt: new Date() };
    this.#known.set(toMapKey(key), object);
    return toVersion(object);
  }

  async #isRight(
    { sha256 }: BlobKey,
    stored: BlobObject,
    { sizeBytes }: FinishedObject,
    options: PutOptions,
  ): Promise<boolean> {
    if (stored.sizeBytes !== sizeBytes) return false;
    if (toVersion(stored) === options.trustedVersion) return true;
    return (await this.#digestOf(stored, options)) === sha256;
  }

  async #digestOf(object: BlobObject, { digestOf }: PutOptions): Promise<Digest | null> {
    const blob = this.#toBytes(object);
    if (digestOf) return digestOf(blob);
    const hash = createHash('sha256');
    const hasher = toWritable((chunk) => hash.update(chunk));
    await blob.copyTo(hasher, null);
    return toDigest('sha256', hash.digest('hex'));
  }

  async delete(key: BlobKey, { unlessSince }: DeleteOptions = {}): Promise<boolean> {
    this.#known.delete(toMapKey(key));
    return removeObject(this.#parts.pool, key, unlessSince);
  }

  async *list(): AsyncIterable<BlobKey & { sizeBytes: number; changedAt: Date }> {
    for (let after = { sha256: '', scope: '' }; ;) {
      const batch = await listObjects(this.#parts.pool, { after, limit: LIST_BATCH });
      for (const { sha256, scope, size_bytes: sizeBytes, stored_at: changedAt } of batch) {
        yield { sha256, scope, sizeBytes: Number(sizeBytes), changedAt };
      }
      const last = batch.at(-1);
      if (!last) return;
      after = last;
    }
  }
}

function isRedirected({ sizeBytes }: BlobObject): boolean {
  return sizeBytes >= MIN_REDIRECTED_BYTES;
}

function toVersion({ objectKey, etag }: BlobObject): string {
  return `${objectKey} ${etag}`;
}

/** Returns the object that a version names. */
export function toObjectKey(version: string): string {
  return version.split(' ')[0] ?? '';
}

function takenOver(): AppError {
  return new AppError('upload_not_found', 'Another request has taken over this upload.');
}
