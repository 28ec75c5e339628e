// Where uploads collect their bytes until they become blobs.
import type { Hash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import type { ByteRange } from '#lib/oci/range.ts';

const UPLOAD_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ids of staged files are UUIDs. */
export function isUploadId(text: string): boolean {
  return UPLOAD_ID.test(text);
}

/** A staged file as it was at one moment. `version` changes with every write, by whichever process. */
export type StagedVersion = { id: string; version: string };

/** The right to write to a staged file. Of two writers, the one with the higher fence is current. */
export type StagedWriter = { id: string; fence: bigint };

/** `broken`: the source ended early; what arrived is written. `over_limit`: at least some of what arrived is written. */
export type Received = { receivedBytes: number; outcome: 'complete' | 'broken' | 'over_limit' };

export type Sink = {
  /** Must equal the size of the file: there are no gaps. */
  offsetBytes: number;
  limitBytes: number;
  hash: { update: (chunk: Buffer) => unknown };
  /** Called before each write with the number of bytes in it. An error ends the append. */
  claim?: (bytes: number) => void | Promise<void>;
  /** Called with the size of the file after each write. Small writes are then not held back for long. */
  onWritten?: (endBytes: number) => void;
};

/** A staged file held open by its only writer. It stays readable until `close`, even after it became a blob or was discarded. */
export interface StagedFile {
  readonly id: string;
  stat(): { sizeBytes: number; version: string };
  /** Appends `source`, hashing as it writes. Settles only when no write is in flight. */
  append(source: Readable, sink: Sink): Promise<Received>;
  truncate(sizeBytes: number): Promise<void>;
  /** Hashes what is stored. The hash can be updated further. */
  hash(algorithm: 'sha256' | 'sha512'): Promise<Hash>;
  /** As `copyTo` of BlobBytes. */
  copyTo(destination: Writable, range: ByteRange): Promise<void>;
  close(): Promise<void>;
}

/** staging-area.contract.ts runs against every implementation. */
export interface StagingArea {
  /** Creates an empty staged file. Fails if the id is taken. */
  create(id: string): Promise<StagedVersion>;
  /**
   * Opens a staged file for writing. One writer at a time; in other processes, that is up to the lease.
   * @throws AppError `upload_not_found`, or `range_invalid` when another writer has it open or a higher fence
   */
  open(writer: StagedWriter): Promise<StagedFile>;
  /** Copies a staged file, so that a writer whose lease expired can't reach the copy. @throws AppError `upload_not_found` */
  copy(id: string, newId: string): Promise<void>;
  /** Resolves to null when there is no such staged file. */
  readSize(id: string): Promise<number | null>;
  /** Forgets a staged file. Discarding one that doesn't exist is fine. */
  discard(id: string): Promise<void>;
  /** Lists staged files last written before `before`. */
  listStale(before: Date): AsyncIterable<{ id: string; changedAt: Date }>;
}
