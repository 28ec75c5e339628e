import type pg from 'pg';
import type { BlobStore, OpenBlob } from '#lib/blobs/blob-store.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { recordBlobUse } from '#lib/upstream/pull-through/record-blob-use.ts';
import type { OwnedBlob } from '#lib/upstream/pull-through/flight-owners.ts';
import { findMirroredBlobSize, openMirroredBlob } from '#lib/upstream/pull-through/open-mirrored-blob.ts';
import type { MirroredRepository } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';
import { measureStoredBlob, openStoredBlob } from '#lib/distribution/pull/open-stored-blob.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';

export type MirroredBlobApp = {
  db: Db;
  pool: pg.Pool;
  pullCache: PullCache;
  blobs: BlobStore;
  intake: Intake;
  log: Log;
  secrets: StoredSecrets;
  upstream: UpstreamRuntime;
};

type Input = { repository: MirroredRepository; digest: Digest };

/**
 * Opens the cached copy, or one that is still arriving, here or at another process; the caller closes it.
 * @throws AppError `blob_not_found`, `upstream_*`
 */
export async function openLocalOrUpstream(
  app: MirroredBlobApp,
  { repository, digest }: OwnedBlob,
): Promise<{ blob: OpenBlob; isLocal: boolean }> {
  const local = await nullIfMissing(() => openStoredBlob(app, { repositoryId: repository.id, digest }));
  if (!local) return { blob: await openMirroredBlob(app, { repository, digest }), isLocal: false };
  recordBlobUse(app, digest);
  return { blob: local, isLocal: true };
}

/** Pulls as `openLocalOrUpstream` opens, and counts the bytes served. */
export async function pullMirroredBlob(
  app: MirroredBlobApp,
  input: Input,
): Promise<{ blob: OpenBlob; status: CacheStatus }> {
  const { blob, isLocal } = await openLocalOrUpstream(app, input);
  app.upstream.stats.count(input.repository.upstream.upstreamId, 'servedBytes', blob.sizeBytes);
  return { blob, status: isLocal ? 'HIT' : 'MISS' };
}

/**
 * Returns the size of the cached copy, or asks the upstream for it. Fetches nothing.
 * @throws AppError `blob_not_found`, `upstream_*`
 */
export async function measureMirroredBlob(
  app: MirroredBlobApp,
  { repository, digest }: Input,
): Promise<{ sizeBytes: number; status: CacheStatus }> {
  const local = await nullIfMissing(() => measureStoredBlob(app, { repositoryId: repository.id, digest }));
  if (local === null) return { sizeBytes: await findMirroredBlobSize(app, { repository, digest }), status: 'MISS' };
  recordBlobUse(app, digest);
  return { sizeBytes: local, status: 'HIT' };
}

async function nullIfMissing<T>(find: () => Promise<T>): Promise<T | null> {
  try {
    return await find();
  } catch (error) {
    if (isAppError(error) && error.code === 'blob_not_found') return null;
    throw error;
  }
}
