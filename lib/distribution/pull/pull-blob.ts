import type { BlobRedirect, BlobStore, OpenBlob } from '#lib/blobs/blob-store.ts';
import { leaseBlob } from '#lib/images/lease-blob.sql.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import { orEmptyLayer } from './empty-layer.ts';
import { measureMirroredBlob, pullMirroredBlob, type MirroredBlobApp } from './mirrored/pull-mirrored-blob.ts';
import {
  findStoredBlob,
  measureStoredBlob,
  recallStoredBlob,
  serveStoredBlob,
  type StoredAs,
} from './open-stored-blob.ts';

/** `status` is the cache status of a mirrored blob, else null. */
export type PulledBlob = { blob: OpenBlob; status: CacheStatus | null };
export type SizedBlob = { sizeBytes: number; status: CacheStatus | null };

type Input = { repository: FoundRepository; digest: Digest };

/** Opens a blob for a client; the caller closes it. @throws AppError `blob_not_found`, `upstream_*` */
export async function pullBlob(
  app: MirroredBlobApp,
  { repository, digest }: Input,
): Promise<PulledBlob | BlobRedirect> {
  return orEmptyLayer<PulledBlob | BlobRedirect>(
    digest,
    async () => {
      if (isMirrored(repository)) return pullMirroredBlob(app, { repository, digest });
      const opened = await serveStoredBlob(app, { repositoryId: repository.id, digest });
      return opened.kind === 'redirect' ? opened : { blob: opened, status: null };
    },
    (blob) => ({ blob, status: null }),
  );
}

/**
 * Returns the size of a blob without opening it.
 * @param input.isPushed The client may skip uploading a blob reported as present. Renews its lease to protect it from
 * garbage collection.
 * @throws AppError `blob_not_found`, `upstream_*`
 */
export async function measureBlob(
  app: MirroredBlobApp & { config: Pick<DistributionConfig, 'gcGraceSeconds'> },
  { repository, digest, isPushed }: Input & { isPushed: boolean },
): Promise<SizedBlob> {
  if (isMirrored(repository)) return measureMirroredBlob(app, { repository, digest });
  const of = { repositoryId: repository.id, digest };
  const measure = async () => ({ sizeBytes: await measureStoredBlob(app, of), status: null });
  if (!isPushed) return orEmptyLayer<SizedBlob>(digest, measure, ({ sizeBytes }) => ({ sizeBytes, status: null }));
  await leaseBlob(app, { ...of, graceSeconds: app.config.gcGraceSeconds });
  return measure();
}

/**
 * Confirms a blob that the client already has, without opening or fetching it.
 * @throws AppError `blob_not_found`, `upstream_*`
 */
export async function confirmBlob(app: MirroredBlobApp, { repository, digest }: Input): Promise<SizedBlob> {
  if (isMirrored(repository)) return measureMirroredBlob(app, { repository, digest });
  const { sizeBytes } = await findStoredBlob(app, { repositoryId: repository.id, digest });
  return { sizeBytes, status: null };
}

/** Opens a cached blob synchronously. Returns null on a cache miss; `pullBlob` may still find the blob. */
export function recallBlob(
  app: { pullCache: PullCache; blobs: Pick<BlobStore, 'openCached'> },
  asked: Input,
): OpenBlob | null {
  const link = recallBlobLink(app, asked);
  const blob = link && app.blobs.openCached(link.key);
  if (!blob || blob.sizeBytes === link.sizeBytes) return blob;
  void closeUnread(blob);
  return null;
}

/** Finds where a blob of known size is sent from, if that is elsewhere. Null: unknown, so ask `pullBlob`. */
export function recallRedirect(
  app: { pullCache: PullCache; blobs: Pick<BlobStore, 'recallRedirect'> },
  asked: Input,
): { url: string; sizeBytes: number } | null {
  const link = recallBlobLink(app, asked);
  const redirect = link && app.blobs.recallRedirect(link.key);
  return redirect && { url: redirect.url, sizeBytes: link.sizeBytes };
}

/** Finds a cached link. Returns null on a cache miss; `confirmBlob` may still find the blob. */
export function recallBlobLink(app: { pullCache: PullCache }, { repository, digest }: Input): StoredAs | null {
  return isMirrored(repository) ? null : recallStoredBlob(app, { repositoryId: repository.id, digest });
}

/** Closes an unread blob. A failed close loses no data. */
export async function closeUnread(blob: OpenBlob): Promise<void> {
  try {
    await blob.close();
  } catch {
    // The caller doesn't wait for it.
  }
}
