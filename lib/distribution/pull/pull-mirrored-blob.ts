import type pg from 'pg';
import type { BlobStore, OpenBlob } from '#lib/blobs/blob-store.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { noteBlobUse } from '#lib/upstream/pull-through/note-blob-use.ts';
import { findMirroredBlobSize, openMirroredBlob } from '#lib/upstream/pull-through/open-mirrored-blob.ts';
import type { MirroredRepository } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';
import { openBlob } from './pull-blob.ts';
import type { PullCache } from './pull-cache.ts';

type App = {
  db: Db;
  pool: pg.Pool;
  pullCache: PullCache;
  blobs: BlobStore;
  intake: Intake;
  log: Log;
  authKeys: { sealing: Uint8Array };
  upstream: UpstreamRuntime;
};

type Input = { repository: MirroredRepository; digest: Digest; isHead: boolean };

/**
 * From here, or on its way here: the caller closes it. For HEAD it has a size only.
 * @throws AppError `blob_not_found`, `upstream_*`
 */
export async function pullMirroredBlob(app: App, input: Input): Promise<OpenBlob & { status: CacheStatus }> {
  const { repository, digest, isHead } = input;
  const { stats } = app.upstream;
  const { upstreamId } = repository.upstream;
  const local = await findLocal(app, input);
  if (local) {
    noteBlobUse(app, digest);
    if (!isHead) stats.count(upstreamId, 'servedBytes', local.sizeBytes);
    return { ...local, status: 'HIT' };
  }
  if (isHead) {
    const sizeBytes = await findMirroredBlobSize(app, { repository, digest });
    const nothing = () => Promise.resolve();
    return { sizeBytes, copyTo: nothing, close: nothing, status: 'MISS' };
  }
  const blob = await openMirroredBlob(app, { repository, digest });
  stats.count(upstreamId, 'servedBytes', blob.sizeBytes);
  return { ...blob, status: 'MISS' };
}

async function findLocal(app: App, { repository, digest }: Input): Promise<OpenBlob | null> {
  try {
    return await openBlob(app, { repositoryId: repository.id, digest });
  } catch (error) {
    if (isAppError(error) && error.code === 'blob_not_found') return null;
    throw error;
  }
}
