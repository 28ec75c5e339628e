// The interface of blob stores. Callers authorize reads.
import type { Writable } from 'node:stream';
import type { Digest } from '#lib/oci/digest.ts';
import type { KeyScope } from '#lib/platform/key-scope.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import type { StagedVersion } from './staging-area.ts';

/** Withheld from the end of a blob until its digest is verified, so that no reader completes a damaged blob. */
export const HELD_BACK_BYTES = 64 * 1024;

/** Addresses a blob. The digest is always a SHA-256. */
export type BlobKey = { sha256: Digest; scope: KeyScope };

/** Builds the key of a blob in the site's scope. */
export function siteBlob(sha256: Digest): BlobKey {
  return { sha256, scope: 'site' };
}

/** Formats a key for use in an in-memory map. */
export function toMapKey({ sha256, scope }: BlobKey): string {
  return `${scope} ${sha256}`;
}

/** `version` changes whenever the stored bytes are written to or replaced, even by another process. */
export type BlobStat = { sizeBytes: number; version: string; changedAt: Date };

/** An open blob. It stays readable until `close`, even if it is deleted or replaced meanwhile. */
export type OpenBlob = {
  sizeBytes: number;
  /**
   * Writes `range` (null: the whole blob) to `destination` with backpressure, and doesn't end it. Rejects if it closes
   * early.
   */
  copyTo: (destination: Writable, range: ByteRange | null) => Promise<void>;
  close: () => Promise<void>;
};

export type BlobBytes = OpenBlob & { kind: 'bytes'; version: string };

/** The client can fetch the blob from `url` for a limited time. */
export type BlobRedirect = { kind: 'redirect'; url: string };

export type OpenedBlob = BlobBytes | BlobRedirect;

export type OpenOptions = {
  /** The caller can forward a redirect. Otherwise the store returns bytes. */
  mayRedirect?: boolean;
  /** Bypasses every cache and check, for a caller that hashes the stored bytes itself. */
  isRaw?: boolean;
};

export type PutOptions = {
  /** A stored version that was hashed recently. The store needn't read it again to know that it is intact. */
  trustedVersion?: string | undefined;
  /** Computes the SHA-256 of what stored bytes mean, or null if they are damaged. Without it, they mean themselves. */
  digestOf?: (stored: OpenBlob) => Promise<Digest | null>;
};

export type DeleteOptions = {
  /** Spares a blob stored after this time, because its row may not be written yet. */
  unlessSince?: Date;
};

/** The result of a finished upload. */
export type StoredBlob = {
  sha256: Digest;
  /** Null unless the upload was verified against a SHA-512. */
  sha512: Digest | null;
  sizeBytes: number;
};

/** Also implemented by decorators. blob-store.contract.ts runs against every composition. */
export interface BlobStore {
  /**
   * Resolves to null when the store doesn't have the blob.
   * @throws AppError `unavailable` when the store itself is missing
   */
  open(key: BlobKey, options?: OpenOptions): Promise<OpenedBlob | null>;
  /**
   * Opens a cached blob synchronously, for the hot path (ADR 29). Returns null on a cache miss; `open` may still find
   * the blob.
   */
  openCached(key: BlobKey): BlobBytes | null;
  /** Finds the address that `open` would redirect to, synchronously. Null: none is known, so ask `open`. */
  recallRedirect(key: BlobKey): BlobRedirect | null;
  /** Resolves to null when the store doesn't have the blob or knows that it is damaged. */
  stat(key: BlobKey): Promise<BlobStat | null>;
  /**
   * Turns a staged file into a durable blob and removes the staged file. The caller must have hashed exactly that
   * version. An intact blob stays as it is. A damaged blob is replaced, but only with bytes read back from the staging
   * area. Resolves to the version now stored, or to null if the blob has been removed again.
   * @throws AppError `upload_not_found`, `range_invalid` when the staged file has changed, `storage_full`,
   * `unavailable`
   */
  put(key: BlobKey, staged: StagedVersion, options?: PutOptions): Promise<string | null>;
  /** Resolves to false when `unlessSince` spared the blob. Deleting a missing blob succeeds. */
  delete(key: BlobKey, options?: DeleteOptions): Promise<boolean>;
  /** Lists every stored blob, whether or not a row references it. */
  list(): AsyncIterable<BlobKey & { sizeBytes: number; changedAt: Date }>;
}

/** The bytes of a stored blob aren't those that were stored. */
export function damagedBlob(): AppError {
  return new AppError('blob_not_found', 'The stored bytes of this blob are damaged.');
}

export function isDamage(error: unknown): boolean {
  return isAppError(error) && error.code === 'blob_not_found';
}

/** Opens a blob for a reader in this process, which can't follow a redirect. */
export async function openBytes(store: BlobStore, key: BlobKey, options: OpenOptions = {}): Promise<BlobBytes | null> {
  const opened = await store.open(key, { isRaw: options.isRaw ?? false, mayRedirect: false });
  if (opened?.kind === 'redirect')
    throw new AppError('internal', 'The blob store redirected a reader that needs bytes.');
  return opened;
}
