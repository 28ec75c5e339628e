// What every blob store does. Who may read which blob is decided above it.
import type { Writable } from 'node:stream';
import type { Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { StagedVersion } from './staging-area.ts';

/** Readers get this much of a blob's end only once its digest was right. Until then nobody has a whole blob. */
export const HELD_BACK_BYTES = 64 * 1024;

/** Whose key protects a blob. Blobs are deduplicated only within a scope. */
export type KeyScope = 'site';

/** Addresses a blob. The digest is always a SHA-256. */
export type BlobKey = { sha256: Digest; scope: KeyScope };

/** Addresses a blob in the site's scope, which is the only one so far. */
export function siteBlob(sha256: Digest): BlobKey {
  return { sha256, scope: 'site' };
}

/** Identifies a blob in maps of the process. */
export function toMapKey({ sha256, scope }: BlobKey): string {
  return `${scope} ${sha256}`;
}

/** `version` changes whenever the stored bytes are written to or replaced, by whomever. */
export type BlobStat = { sizeBytes: number; version: string; changedAt: Date };

/** A blob held open. It stays readable until `close`, even if it is deleted or replaced meanwhile. */
export type OpenBlob = {
  sizeBytes: number;
  /** Writes `range` (null: everything) to `destination` at its pace, without ending it. Rejects when it closes early. */
  copyTo: (destination: Writable, range: ByteRange | null) => Promise<void>;
  close: () => Promise<void>;
};

export type BlobBytes = OpenBlob & { kind: 'bytes'; version: string };

/** The client can fetch the blob from `url` for a while. */
export type BlobRedirect = { kind: 'redirect'; url: string };

export type OpenedBlob = BlobBytes | BlobRedirect;

export type OpenOptions = {
  /** The caller can pass a redirect on. Without it a store answers with bytes. */
  mayRedirect?: boolean;
  /** Reads what is stored right now, past every cache and check, for a caller that hashes it. */
  isRaw?: boolean;
};

export type PutOptions = {
  /** A stored version that was hashed recently, so that the store need not read it to know that it is intact. */
  trustedVersion?: string | undefined;
};

export type DeleteOptions = {
  /** Spares a blob stored after this time, because its row may not be written yet. */
  unlessSince?: Date;
};

/** What an upload became. */
export type StoredBlob = {
  sha256: Digest;
  /** Null unless the upload was checked against a SHA-512. */
  sha512: Digest | null;
  sizeBytes: number;
};

/** Decorators implement it too. blob-store.contract.ts runs against every composition. */
export interface BlobStore {
  /**
   * Resolves to null when the store doesn't have the blob.
   * @throws AppError `unavailable` when the store itself is missing
   */
  open(key: BlobKey, options?: OpenOptions): Promise<OpenedBlob | null>;
  /** Opens a blob that is at hand, without waiting. Null: only `open` can tell. The hot path reads blobs by it (ADR 29). */
  openCached(key: BlobKey): BlobBytes | null;
  /** Resolves to null when the store doesn't have the blob, or knows that it is damaged. */
  stat(key: BlobKey): Promise<BlobStat | null>;
  /**
   * Turns a staged file into a blob that survives a power cut. Its caller has hashed that version. An intact blob stays as it is; a
   * damaged one is replaced, but only by bytes that were read back from the staging area. The staged file is gone afterwards.
   * Resolves to the version that is stored now, or to null when somebody has already removed it again.
   * @throws AppError `upload_not_found`, `range_invalid` when the staged file isn't that version any more, `storage_full`, `unavailable`
   */
  put(key: BlobKey, staged: StagedVersion, options?: PutOptions): Promise<string | null>;
  /** Resolves to false when `unlessSince` spared the blob. Deleting a blob that doesn't exist is fine. */
  delete(key: BlobKey, options?: DeleteOptions): Promise<boolean>;
  /** Lists every stored blob, whether or not a row references it. */
  list(): AsyncIterable<BlobKey & { sizeBytes: number; changedAt: Date }>;
}

/** Opens a blob for a reader in this process, which a redirect wouldn't help. */
export async function openBytes(store: BlobStore, key: BlobKey, options: OpenOptions = {}): Promise<BlobBytes | null> {
  const opened = await store.open(key, { isRaw: options.isRaw ?? false, mayRedirect: false });
  if (opened?.kind === 'redirect')
    throw new AppError('internal', 'The blob store redirected a reader that needs bytes.');
  return opened;
}
