import { openBytes, siteBlob, type BlobStore } from '#lib/blobs/blob-store.ts';
import { readBlob } from '#lib/blobs/read-blob.ts';
import { isDigest } from '#lib/oci/digest.ts';
import type { Db } from '#lib/platform/pg/db.ts';

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** Reads a config that the repository links. Null when it isn't stored here or is too large. */
export async function readStoredConfig(
  app: { db: Db; blobs: BlobStore },
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<Buffer | null> {
  const link = await app.db.repositoryBlob.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    select: { blob: { select: { sha256: true } } },
  });
  const sha256 = link?.blob.sha256;
  const blob = sha256 !== undefined && isDigest(sha256) ? await openBytes(app.blobs, siteBlob(sha256)) : null;
  return blob && readBlob(blob, MAX_CONFIG_BYTES);
}
