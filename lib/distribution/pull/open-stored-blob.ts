import type pg from 'pg';
import { openBytes, siteBlob, type BlobStore, type OpenBlob, type OpenedBlob } from '#lib/blobs/blob-store.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { ContentKey, PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import { findBlobRow } from './pull-content.sql.ts';

export type StoredBlobApp = { pool: pg.Pool; pullCache: PullCache; blobs: BlobStore; log: Log };
export type LinkedBlob = { repositoryId: bigint; digest: Digest };
/** The blob's key in the store, and its size in the database. */
export type StoredAs = { sha256: Digest; sizeBytes: number };

/**
 * Opens a blob for reading; the caller closes it. Requires a link from the repository, so a known digest alone grants
 * no access.
 * @throws AppError `blob_not_found`
 */
export async function openStoredBlob(app: StoredBlobApp, of: LinkedBlob): Promise<OpenBlob> {
  const stored = await findStoredBlob(app, of);
  return requireWhole(app, of, stored, await openBytes(app.blobs, siteBlob(stored.sha256)));
}

/** Opens a blob for a client that can follow a redirect; the caller closes it. @throws AppError `blob_not_found` */
export async function serveStoredBlob(app: StoredBlobApp, of: LinkedBlob): Promise<OpenedBlob> {
  const stored = await findStoredBlob(app, of);
  const opened = await app.blobs.open(siteBlob(stored.sha256), { mayRedirect: true });
  return opened?.kind === 'redirect' ? opened : requireWhole(app, of, stored, opened);
}

async function requireWhole<Blob extends OpenBlob>(
  app: StoredBlobApp,
  { digest }: LinkedBlob,
  { sha256, sizeBytes }: StoredAs,
  blob: Blob | null,
): Promise<Blob> {
  if (blob?.sizeBytes === sizeBytes) return blob;
  await blob?.close();
  throw blobLost(app, { digest, sha256 });
}

/** Checks that a blob is in the store and returns its size. @throws AppError `blob_not_found` */
export async function measureStoredBlob(app: StoredBlobApp, of: LinkedBlob): Promise<number> {
  const { sha256, sizeBytes } = await findStoredBlob(app, of);
  const stored = await app.blobs.stat(siteBlob(sha256));
  if (stored?.sizeBytes === sizeBytes) return sizeBytes;
  throw blobLost(app, { digest: of.digest, sha256 });
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
function blobLost({ log }: { log: Log }, facts: { digest: Digest; sha256: Digest }): AppError {
  log.error(facts, 'stored blob is missing or damaged');
  return blobNotFound();
}

async function findBlob({ pool }: { pool: pg.Pool }, { repositoryId, digest }: LinkedBlob): Promise<StoredAs> {
  const row = await findBlobRow(pool, { repositoryId, digest });
  if (!row || !isDigest(row.sha256)) throw blobNotFound();
  return { sha256: row.sha256, sizeBytes: Number(row.sizeBytes) };
}

function blobNotFound(): AppError {
  return new AppError('blob_not_found', "The repository doesn't have this blob.");
}
