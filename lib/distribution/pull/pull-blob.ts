import { siteBlob, type BlobRedirect, type BlobStore, type OpenBlob } from '#lib/blobs/blob-store.ts';
import { leaseBlob } from '#lib/images/lease-blob.sql.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import { measureMirroredBlob, pullMirroredBlob, type MirroredBlobApp } from './mirrored/pull-mirrored-blob.ts';
import {
  findStoredBlob,
  measureStoredBlob,
  recallStoredBlob,
  serveStoredBlob,
  type StoredAs,
} from './open-stored-blob.ts';

/** `status` says how a mirrored blob got here; null for any other. */
export type PulledBlob = { blob: OpenBlob; status: CacheStatus | null };
export type SizedBlob = { sizeBytes: number; status: CacheStatus | null };

type Input = { repository: FoundRepository; digest: Digest };

/** Opens a blob for a client; the caller closes it. @throws AppError `blob_not_found`, `upstream_*` */
export async function pullBlob(
  app: MirroredBlobApp,
  { repository, digest }: Input,
): Promise<PulledBlob | BlobRedirect> {
  if (isMirrored(repository)) return pullMirroredBlob(app, { repository, digest });
  const opened = await serveStoredBlob(app, { repositoryId: repository.id, digest });
  return opened.kind === 'redirect' ? opened : { blob: opened, status: null };
}

/**
 * Measures a blob whose bytes nobody wants.
 * @param input.isPushed the client may be about to push: it doesn't send what we say is here, so garbage collection must leave it alone
 * @throws AppError `blob_not_found`, `upstream_*`
 */
export async function measureBlob(
  app: MirroredBlobApp & { config: Pick<DistributionConfig, 'gcGraceSeconds'> },
  { repository, digest, isPushed }: Input & { isPushed: boolean },
): Promise<SizedBlob> {
  if (isMirrored(repository)) return measureMirroredBlob(app, { repository, digest });
  const of = { repositoryId: repository.id, digest };
  if (isPushed) await leaseBlob(app, { ...of, graceSeconds: app.config.gcGraceSeconds });
  return { sizeBytes: await measureStoredBlob(app, of), status: null };
}

/** Confirms a blob that the client has already. Nothing is opened or fetched. @throws AppError `blob_not_found`, `upstream_*` */
export async function confirmBlob(app: MirroredBlobApp, { repository, digest }: Input): Promise<SizedBlob> {
  if (isMirrored(repository)) return measureMirroredBlob(app, { repository, digest });
  const { sizeBytes } = await findStoredBlob(app, { repositoryId: repository.id, digest });
  return { sizeBytes, status: null };
}

/** Opens a blob without waiting. Null: only `pullBlob` can tell. */
export function recallBlob(
  app: { pullCache: PullCache; blobs: Pick<BlobStore, 'openCached'> },
  asked: Input,
): OpenBlob | null {
  const link = recallBlobLink(app, asked);
  const blob = link && app.blobs.openCached(siteBlob(link.sha256));
  if (!blob || blob.sizeBytes === link.sizeBytes) return blob;
  void closeUnread(blob);
  return null;
}

/** Finds the link that an earlier request has left in memory. Null: only `confirmBlob` can tell. */
export function recallBlobLink(app: { pullCache: PullCache }, { repository, digest }: Input): StoredAs | null {
  return isMirrored(repository) ? null : recallStoredBlob(app, { repositoryId: repository.id, digest });
}

/** Nothing was read, so a failure to close loses nothing. */
export async function closeUnread(blob: OpenBlob): Promise<void> {
  try {
    await blob.close();
  } catch {
    // Its caller has gone on.
  }
}
