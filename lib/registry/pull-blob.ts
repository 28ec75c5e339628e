import type pg from 'pg';
import type { BlobStore, OpenBlob } from '#lib/blobs/blob-store.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { PullCache } from './pull-cache.ts';

const FIND_BLOB = `
  SELECT b.sha256, b.size_bytes FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
   WHERE l.repository_id = $1 AND l.digest = $2 AND b.damage IS NULL`;

/**
 * Opens a blob for reading; the caller closes it. Only where the repository has a link to it: knowing a digest is no right.
 * @throws AppError `blob_not_found`
 */
export async function openBlob(
  app: { pool: pg.Pool; pullCache: PullCache; blobs: BlobStore; log: Log },
  { repositoryId, digest }: { repositoryId: bigint; digest: Digest },
): Promise<OpenBlob> {
  const of = { repositoryId, key: `blob ${digest}` };
  const { sha256, sizeBytes } = await app.pullCache.content(of, () => findBlob(app, repositoryId, digest));
  const blob = await app.blobs.open(sha256);
  if (blob?.sizeBytes === sizeBytes) return blob;
  await blob?.close();
  // Lost or cut short. To clients it isn't there, so that the next push brings it back.
  app.log.error({ digest, sha256 }, 'a stored blob is missing or damaged');
  throw blobNotFound();
}

type StoredAs = { sha256: Digest; sizeBytes: number };

async function findBlob({ pool }: { pool: pg.Pool }, repositoryId: bigint, digest: Digest): Promise<StoredAs> {
  const { rows } = await pool.query<{ sha256: string; size_bytes: string }>({
    ...{ name: 'find-blob', text: FIND_BLOB, values: [repositoryId, digest] },
  });
  const [row] = rows;
  if (!row || !isDigest(row.sha256)) throw blobNotFound();
  return { sha256: row.sha256, sizeBytes: Number(row.size_bytes) };
}

function blobNotFound(): AppError {
  return new AppError('blob_not_found', 'The repository has no such blob.');
}
