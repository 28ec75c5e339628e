// Stages uploads until they become blobs.
import type { KeyScope } from '#lib/platform/key-scope.ts';
import type { Hash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import type { ByteRange } from '#lib/oci/range.ts';

const UPLOAD_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUploadId(text: string): boolean {
  return UPLOAD_ID.test(text);
}

/** One state of a staged file. `version` changes with every write, even by another process. */
export type StagedVersion = { id: string; version: string };

/** Identifies a writer of a staged file. A higher fence supersedes a lower one. */
export type StagedWriter = {
  id: string;
  fence: bigint;
  /** The key that protects the bytes. Omitted: that of the site, or whatever protects bytes that are only read. */
  scope?: KeyScope;
};

/**
 * `broken`: the source was interrupted; all received bytes are written. `over_limit`: some or all received bytes are
 * written.
 */
export type Received = { receivedBytes: number; outcome: 'complete' | 'broken' | 'over_limit' };

export type Sink = {
  /** At most the current size, so that the file has no gaps. The bytes after it are overwritten, and stay where no new ones come. */
  offsetBytes: number;
  limitBytes: number;
  /** Number of bytes that the source announces. Omitted: unknown. */
  announcedBytes?: number | null;
  hash: { update: (chunk: Buffer) => unknown };
  /** Nobody else reads the chunks of the source, so their memory may be freed once they are written. */
  ownsChunks?: boolean;
  /** Called before each write with the number of bytes in it. An error aborts the append. */
  claim?: (bytes: number) => void | Promise<void>;
  /**
   * Where the bytes that a crash leaves should end, if those before `offsetBytes` can't be read any more. Omitted: there.
   * At most 256 KiB after it.
   */
  keptEnd?: (offsetBytes: number) => number;
  /** Called with the size of the file after each write. If set, small writes are flushed without long buffering. */
  onWritten?: (endBytes: number) => void;
};

/** A staged file opened by its only writer. It stays readable until `close`, even after it is stored or discarded. */
export interface StagedFile {
  readonly id: string;
  /** Reading the bytes back is slow and may end the upload, so they are hashed only when it is finished. */
  readonly hashesLate: boolean;
  stat(): { sizeBytes: number; version: string };
  /** Appends `source`, hashing as it writes. Settles only when no write is in flight. */
  append(source: Readable, sink: Sink): Promise<Received>;
  truncate(sizeBytes: number): Promise<void>;
  /** Hashes the stored bytes. The caller can update the hash further. */
  hash(algorithm: 'sha256' | 'sha512'): Promise<Hash>;
  /** Same as `copyTo` of BlobBytes. */
  copyTo(destination: Writable, range: ByteRange): Promise<void>;
  close(): Promise<void>;
}

export type CreateOptions = {
  /** The file is read while it is written. */
  isFollowed?: boolean;
};

/** Every implementation must pass staging-area.contract.ts. */
export interface StagingArea {
  /** Creates an empty staged file. Fails if the id is taken. */
  create(id: string, options?: CreateOptions): Promise<StagedVersion>;
  /**
   * Opens a staged file for its only writer. Only the upload's lease excludes writers in other processes.
   * @throws AppError `upload_not_found`, or `range_invalid` when another writer has it open or has used a higher fence
   */
  open(writer: StagedWriter): Promise<StagedFile>;
  /**
   * Continues a staged file under a new id, out of reach of a writer whose lease expired. That writer may be refused
   * from then on. @throws AppError `upload_not_found`
   */
  copy(id: string, newId: string): Promise<void>;
  /** Resolves to the size in bytes, or to null when the staged file doesn't exist. */
  readSize(id: string): Promise<number | null>;
  /** Deletes a staged file. Deleting a missing one succeeds. */
  discard(id: string): Promise<void>;
  /** Lists staged files last written before `before`. */
  listStale(before: Date): AsyncIterable<{ id: string; changedAt: Date }>;
}
