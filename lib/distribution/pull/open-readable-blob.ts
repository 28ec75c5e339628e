import type pg from 'pg';
import type { BlobStore, OpenBlob } from '#lib/blobs/blob-store.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import { recordBlobUse } from '#lib/upstream/pull-through/record-blob-use.ts';
import { openMirroredBlob } from '#lib/upstream/pull-through/open-mirrored-blob.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';
import { openStoredBlob } from './open-stored-blob.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';

export type BlobReadingApp = {
  db: Db;
  pool: pg.Pool;
  pullCache: PullCache;
  blobs: BlobStore;
  intake: Intake;
  log: Log;
  authKeys: { sealing: Uint8Array };
  upstream: UpstreamRuntime;
};

type Input = { repository: FoundRepository; digest: Digest };

export type ReadableBlob = {
  blob: OpenBlob;
  /** False: the blob is still arriving from an upstream, so its digest is unverified until the end. */
  isStored: boolean;
};

/**
 * Opens a blob for a page, with the rules of a pull; the caller closes it. Fetches a mirrored blob from its upstream,
 * unless the repository is in quarantine.
 * @throws AppError `blob_not_found`, `upstream_*`
 */
export async function openReadableBlob(app: BlobReadingApp, { repository, digest }: Input): Promise<ReadableBlob> {
  try {
    const blob = await openStoredBlob(app, { repositoryId: repository.id, digest });
    if (isMirrored(repository)) recordBlobUse(app, digest);
    return { blob, isStored: true };
  } catch (error) {
    const isElsewhere = isAppError(error) && error.code === 'blob_not_found' && isMirrored(repository);
    if (!isElsewhere || repository.quarantineReason !== null) throw error;
    return { blob: await openMirroredBlob(app, { repository, digest }), isStored: false };
  }
}
