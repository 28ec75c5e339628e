import type pg from 'pg';
import { parseAddress } from '#lib/blobs/blob-address.ts';
import { openBytes, type BlobKey, type BlobStore, type OpenBlob, type OpenedBlob } from '#lib/blobs/blob-store.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { ContentKey, PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import { findBlobRow } from './pull-content.sql.ts';

export type StoredBlobApp = { pool: pg.Pool; pullCache: PullCache; blobs: BlobStore; log: Log };
export type LinkedBlob = { repositoryId: bigint; digest: Digest };
/** The blob's key in the store, and its size in the database. */
export type StoredAs = { key: BlobKey; sizeBytes: number };

/**
 * Opens a blob for reading; the caller closes it. Requires a link from the repository, so a known digest alone grants
 * no access.
 * @throws AppError `blob_not_found`
 */
export async function openStoredBlob(app: StoredBlobApp, of: LinkedBlob): Promise<OpenBlob> {
  const stored = await findStoredBlob(app, of);
  return requireWhole(app, of, stored, await openBytes(app.blobs, stored.key));
}

/** Opens a blob for a client that can follow a redirect; the caller closes it. @throws AppError `blob_not_found` */
export async function serveStoredBlob(app: StoredBlobApp, of: LinkedBlob): Promise<OpenedBlob> {
  const stored = await findStoredBlob(app, of);
  const opened = await app.blobs.open(stored.key, { mayRedirect: true });
  return opened?.kind === 'redirect' ? opened : requireWhole(app, of, stored, opened);
}

async function requireWhole<Blob extends OpenBlob>(
  app: StoredBlobApp,
  { digest }: LinkedBlob,
  { key, sizeBytes }: StoredAs,
  blob: Blob | null,
): Promise<Blob> {
  if (blob?.sizeBytes === sizeBytes) return blob;
  await blob?.close();
  throw blobLost(app, { digest, ...key });
}

/** Checks that a blob is in the store and returns its size. @throws AppError `blob_not_found` */
export async function measureStoredBlob(app: StoredBlobApp, of: LinkedBlob): Promise<number> {
  const { key, sizeBytes } = await findStoredBlob(app, of);
  const stored = await app.blobs.stat(key);
  if (stored?.sizeBytes === sizeBytes) return sizeBytes;
  throw blobLost(app, { digest: of.digest, ...key });
}

/** Finds the repository's link to a blob without checking the store. @throws AppError `blob_not_found` */
export async function findStoredBlob(app: { pool: pg.Pool; pullCache: PullCache }, of: LinkedBlob): Promise<StoredAs> {
  return app.pullCache.content(keyOf(of), () => findBlob(app, of));
}

/** Finds a cached link. */
export function recallStoredBlob({ pullCache }: { pullCache: PullCache }, of: LinkedBlob): StoredAs | null {
  return pullCache.findContent(keyOf(of));
}

function keyOf({ repositoryId, digest }: LinkedBlob): ContentKey {
  return { repositoryId, key: `blob ${digest}` };
}

/** Reports a missing or truncated file. Clients get a 404, so that the next push restores the blob. */
function blobLost({ log }: { log: Log }, facts: BlobKey & { digest: Digest }): AppError {
  log.error(facts, 'stored blob is missing or damaged');
  return blobNotFound();
}

async function findBlob({ pool }: { pool: pg.Pool }, { repositoryId, digest }: LinkedBlob): Promise<StoredAs> {
  const row = await findBlobRow(pool, { repositoryId, digest });
  const key = row && parseAddress(row.sha256);
  if (!key) throw blobNotFound();
  return { key, sizeBytes: Number(row.sizeBytes) };
}

function blobNotFound(): AppError {
  return new AppError('blob_not_found', "The repository doesn't have this blob.");
}
