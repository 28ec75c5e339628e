// The place that blobs and staged files share: whose it is, how much room it has, and whether it works.

/** Blobs leave `reserveBytes` free for the database. */
export type StoreSpace = { freeBytes: number; totalBytes: number; reserveBytes: number };

/** Limits what may still be written. */
export interface Room {
  /** @throws AppError `storage_full` when this many bytes would go into the reserve */
  requireRoom(bytes: number): void;
  /** Counts bytes that are about to be written. @throws AppError `storage_full` */
  claimRoom(bytes: number): void;
}

export interface Volume extends Room {
  readSpace(): StoreSpace;
  /** Resolves to the id of the site that owns the volume, or to null when it is unmarked. */
  readSiteId(): Promise<string | null>;
  /**
   * Marks the volume as this site's, unless it is marked already (`isForced`: in any case). From then on a missing volume can be told
   * from a missing blob.
   */
  joinSite(siteId: string, options?: { isForced?: boolean }): Promise<void>;
  /** @throws AppError `unavailable` when this isn't the volume that was joined, such as a disk that is no longer mounted */
  requireSite(): Promise<void>;
  /** Resolves to why pushes fail, in a sentence without paths, or to null when they work. */
  findWriteProblem(): Promise<string | null>;
  /** @throws AppError `unavailable` when pushes fail */
  requireWritable(): Promise<void>;
  /** @throws AppError `unavailable` when pulls fail */
  requireReadable(): Promise<void>;
  /** Releases what is held open for the next reader. */
  close(): void;
}
