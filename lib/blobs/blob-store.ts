// Where the bytes of blobs are. It knows digests and uploads; who may read what is decided above it, in the catalog.
import type { Readable, Writable } from 'node:stream';
import type { Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import type { MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';

/** A blob held open: it stays readable until `close`, whatever happens to its key meanwhile. */
export type OpenBlob = {
  sizeBytes: number;
  /** Writes `range` (null: everything) to `destination`, at its pace, and doesn't end it. Rejects when it closes early. */
  copyTo: (destination: Writable, range: ByteRange | null) => Promise<void>;
  close: () => MaybePromise<void>;
};

/** `isRaw`: the bytes as they are, for somebody who hashes them. */
export type OpenOptions = { isRaw?: boolean };

export type StoredBlob = {
  /** The key of the blob. */
  sha256: Digest;
  /** Known only where the upload was checked against one. */
  sha512: Digest | null;
  sizeBytes: number;
};

export type AppendOptions = {
  /** Where the bytes belong; null: at the end, wherever that is. */
  offsetBytes: number | null;
  /** How many must come; null: as many as do. */
  expectedBytes: number | null;
  /** How many the source says will come; null or left out: it says nothing. More than there is room for is refused at once. */
  announcedBytes?: number | null;
  /** How many the upload may hold in all. */
  maxBytes?: number;
  /** Asked before bytes are written, for each batch of them; with what it throws or rejects with, the append fails. */
  claim?: (bytes: number) => MaybePromise<void>;
};

/** Of the volume that the store is on. Blobs leave `reserveBytes` of it free, for the database. */
export type StoreSpace = { freeBytes: number; totalBytes: number; reserveBytes: number };

/** What comes with the request that ends an upload; it may be nothing. */
export type LastBytes = { source: Readable; options: AppendOptions };

/** A blob on its way here from elsewhere: one writes it, many read it meanwhile, each at its own pace. */
export interface BlobIntake {
  /** What has come so far. */
  readonly receivedBytes: number;
  /** How the source ended: `complete` when it came to its end. What came stays, so that another source can go on. */
  append(source: Readable): Promise<'complete' | 'broken'>;
  /**
   * Makes it a blob, as durable as an upload's commit, and lets readers have its end.
   * @throws AppError `digest_mismatch`, `size_mismatch`, `storage_full`, `unavailable`; readers fail with it
   */
  commit(): Promise<StoredBlob>;
  /** Fails every reader with `reason`, and forgets the bytes. Nothing to do once it is a blob. */
  fail(reason: Error): Promise<void>;
  /** The writer leaves; until then it can be opened, whatever became of it. */
  close(): Promise<void>;
  /** Waits for the end first when the size is not known. The last part is given only when the digest was right. */
  open(): Promise<OpenBlob>;
}

/** Ids of uploads are UUIDs. One contract suite runs against every implementation: blob-store.contract.ts. */
export interface BlobStore {
  /** Whose blobs it holds; null: nobody has said. */
  readSiteId(): Promise<string | null>;
  /**
   * Marks the store as this site's, unless it is marked already (`isForced`: in any case). From then on a blob that is not there is told from
   * a store that is not there.
   */
  joinSite(siteId: string, options?: { isForced?: boolean }): Promise<void>;
  /** @throws AppError `unavailable` when what is there is not the store that was joined, such as a disk that is no longer mounted */
  requireSite(): Promise<void>;

  /**
   * `sha256` is a digest of that algorithm: the only kind of key. A copy of the whole is hashed meanwhile, unless this process
   * has done that within a day, and rejects with `blob_not_found` before its last bytes when they are not what was stored: those
   * bytes are opened for nobody any more.
   */
  open(sha256: Digest, options?: OpenOptions): MaybePromise<OpenBlob | null>;
  /** What a blob has; null when it is not there, or what is there was found damaged. */
  storedBytes(sha256: Digest): MaybePromise<number | null>;
  /** False: it stays, since it was put there after `unlessSince`, by somebody whose row is still to come. */
  delete(sha256: Digest, options?: { unlessSince?: Date }): Promise<boolean>;
  /** Every blob the store holds, whether or not a row knows of it. */
  listBlobs(): AsyncIterable<{ sha256: Digest; sizeBytes: number; changedAt: Date }>;

  /** Begins an upload without bytes. */
  stage(id: string): Promise<void>;
  /**
   * Copies what an upload holds into a new one, for somebody who goes on with it in place of a writer that may still live.
   * @throws AppError `upload_not_found`, `storage_full`, `unavailable`
   */
  copyStaged(id: string, newId: string): Promise<void>;
  /** What an upload holds; null when there is none. */
  stagedBytes(id: string): Promise<number | null>;
  /**
   * Adds the bytes of `source` and answers what the upload holds then. When the source breaks off, what came stays; for any
   * other failure the upload is as it was.
   * @throws AppError `upload_not_found`, `range_invalid` (wrong offset, or another request is at it), `size_mismatch`,
   * `too_large`, `upload_invalid` (the source broke off), `storage_full`, `unavailable`.
   */
  append(id: string, source: Readable, options: AppendOptions): Promise<number>;
  /**
   * Makes an upload a blob, after it has added what comes `last` as `append` does. When it resolves, the blob outlives a power cut.
   * The upload stays when the digest differs. A good blob that is stored already stays as it is; a damaged one is replaced.
   * @throws AppError what `append` throws, and `digest_mismatch`.
   */
  commit(id: string, digest: Digest, last?: LastBytes): Promise<StoredBlob>;
  /** Forgets an upload; nothing to do is fine. */
  discard(id: string): Promise<void>;
  /**
   * Begins a blob that others may read while it comes. `sizeBytes` is what must come; null: not known before the end.
   * It is staged among the uploads: what a crash leaves of it is swept with theirs, and never read again.
   */
  startIntake(digest: Digest, sizeBytes: number | null): Promise<BlobIntake>;
  /** How much room the store has. */
  readSpace(): StoreSpace;
  /** @throws AppError `storage_full` when so many bytes would go into the reserve */
  requireSpace(bytes: number): void;
  /** Lets go of what it holds open for the next who may ask. */
  close(): void;
  /** Every upload the store holds, for sweeping. */
  listStaged(): AsyncIterable<{ id: string; changedAt: Date }>;
}
