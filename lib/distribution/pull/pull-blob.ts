import type pg from 'pg';
import { openBytes, siteBlob, type BlobStore, type OpenBlob } from '#lib/blobs/blob-store.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { goOn, type MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';
import type { PullCache } from './pull-cache.ts';

const FIND_BLOB = `
  SELECT b.sha256, b.size_bytes FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
   WHERE l.repository_id = $1 AND l.digest = $2 AND b.damage IS NULL`;

/**
 * Opens a blob for reading; the caller closes it. Only where the repository has a link to it: knowing a digest is no right.
 * @throws AppError `blob_not_found`
 */
export function openBlob(
  app: { pool: pg.Pool; pullCache: PullCache; blobs: BlobStore; log: Log },
  of: BlobKey,
): MaybePromise<OpenBlob> {
  return goOn(findLinked(app, of), ({ sha256, sizeBytes }) =>
    goOn(openBytes(app.blobs, siteBlob(sha256)), (blob) => {
      if (blob?.sizeBytes === sizeBytes) return blob;
      const fail = () => {
        throw blobLost(app, { digest: of.digest, sha256 });
      };
      return goOn(blob?.close(), fail);
    }),
  );
}

/** How many bytes it has, for who wants none of them. @throws AppError `blob_not_found` */
export function measureBlob(
  app: { pool: pg.Pool; pullCache: PullCache; blobs: BlobStore; log: Log },
  of: BlobKey,
): MaybePromise<number> {
  return goOn(findLinked(app, of), ({ sha256, sizeBytes }) =>
    goOn(app.blobs.stat(siteBlob(sha256)), (stored) => {
      if (stored?.sizeBytes === sizeBytes) return sizeBytes;
      throw blobLost(app, { digest: of.digest, sha256 });
    }),
  );
}

type BlobKey = { repositoryId: bigint; digest: Digest };
type StoredAs = { sha256: Digest; sizeBytes: number };

/** Says that a repository has it, without a look at the store. @throws AppError `blob_not_found` */
export function findLinked(
  app: { pool: pg.Pool; pullCache: PullCache },
  { repositoryId, digest }: BlobKey,
): MaybePromise<StoredAs> {
  return app.pullCache.content({ repositoryId, key: `blob ${digest}` }, () => findBlob(app, repositoryId, digest));
}

/** Or cut short. To clients it isn't there, so that the next push brings it back. */
function blobLost({ log }: { log: Log }, facts: { digest: Digest; sha256: Digest }): AppError {
  log.error(facts, 'a stored blob is missing or damaged');
  return blobNotFound();
}

async function findBlob({ pool }: { pool: pg.Pool }, repositoryId: bigint, digest: Digest): Promise<StoredAs> {
  const { rows } = await pool.query<{ sha256: string; size_bytes: string }>({
    name: 'find-blob',
    text: FIND_BLOB,
    values: [repositoryId, digest],
  });
  const [row] = rows;
  if (!row || !isDigest(row.sha256)) throw blobNotFound();
  return { sha256: row.sha256, sizeBytes: Number(row.size_bytes) };
}

function blobNotFound(): AppError {
  return new AppError('blob_not_found', 'The repository has no such blob.');
}
