import { parseAddress } from '#lib/blobs/blob-address.ts';
import { openBytes, type BlobStore } from '#lib/blobs/blob-store.ts';
import { readBlob } from '#lib/blobs/read-blob.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** Reads a config that the repository links. Null when it isn't stored here, is too large, or its KMS key was revoked. */
export async function readStoredConfig(
  app: { db: Db; blobs: BlobStore },
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<Buffer | null> {
  const link = await app.db.repositoryBlob.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    select: { blob: { select: { sha256: true } } },
  });
  const key = link && parseAddress(link.blob.sha256);
  const blob = key && (await openBytes(app.blobs, key).catch(nullIfRevoked));
  return blob && readBlob(blob, MAX_CONFIG_BYTES);
}

function nullIfRevoked(error: unknown): null {
  if (isAppError(error) && error.code === 'key_refused') return null;
  throw error;
}
