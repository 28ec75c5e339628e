// The storage shared by blobs and staged files, with its owner, free space and health.

/** `reserveBytes` stays free for the database. */
export type StoreSpace = { freeBytes: number; totalBytes: number; reserveBytes: number };

/** Limits writes to the available space. */
export interface Room {
  /** @throws AppError `storage_full` when this many bytes would cut into the reserve, `unavailable` without a volume */
  requireRoom(bytes: number): void;
  /** Reserves space for bytes about to be written. @throws AppError as `requireRoom` does */
  claimRoom(bytes: number): void;
}

export interface Volume extends Room {
  /** Names the storage in messages to the operator, such as "the bucket images". */
  readonly name: string;
  /** Returns the space of the local disk, or null while it is missing. */
  readSpace(): StoreSpace | null;
  /** Resolves to the id of the site that owns the volume, or to null when it is unmarked. */
  readSiteId(): Promise<string | null>;
  /** Reports whether the volume holds any blob, whether or not a row names it. */
  hasBlobs(): Promise<boolean>;
  /**
   * Marks the volume as this site's. Keeps an existing mark unless `isForced`. Afterwards, a missing volume can be told
   * from a missing blob.
   */
  joinSite(siteId: string, options?: { isForced?: boolean }): Promise<void>;
  /** @throws AppError `unavailable` when the joined volume is missing or replaced, such as after an unmount */
  requireSite(): Promise<void>;
  /** Resolves to the reason why pushes fail, as a sentence without paths, or to null when they work. */
  findWriteProblem(): Promise<string | null>;
  /** @throws AppError `unavailable` when pushes fail */
  requireWritable(): Promise<void>;
  /** @throws AppError `unavailable` when pulls fail */
  requireReadable(): Promise<void>;
  /** Releases cached resources. */
  close(): void;
}
