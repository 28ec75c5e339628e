// Blobs that other repositories have already: what a mount is made of.
import type { Digest } from '#lib/oci/digest.ts';
import type { DbOrTx } from '#lib/platform/db.ts';
import { errorCode } from '#lib/platform/errors.ts';

const MAX_SOURCES = 10;
const FOREIGN_KEY_VIOLATION = 'P2003';

/** Internal id of the blob that a repository has under this digest. */
export async function findLinkedBlob(
  app: { db: DbOrTx },
  { repositoryId, digest }: { repositoryId: bigint; digest: Digest },
): Promise<bigint | null> {
  const link = await app.db.repositoryBlob.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    select: { blobId: true },
  });
  return link?.blobId ?? null;
}

/** Full names of some repositories that have a blob: public ones first, then those of the user's registries. */
export async function listBlobSources(
  app: { db: DbOrTx },
  { digest, userId }: { digest: Digest; userId: string },
): Promise<string[]> {
  const rows = await app.db.$queryRaw<{ full_name: string }[]>`
    SELECT a.name || '/' || r.name AS full_name
      FROM blobs b
      JOIN repository_blobs l ON l.blob_id = b.id AND l.digest = ${digest}
      JOIN repositories r ON r.id = l.repository_id
      JOIN registries g ON g.id = r.registry_id
      JOIN aliases a ON a.id = g.primary_alias_id
     WHERE (b.sha256 = ${digest} OR b.sha512 = ${digest})
       AND (r.visibility = 'public'
            OR EXISTS (SELECT FROM members m WHERE m.registry_id = g.id AND m.user_id = ${userId}::uuid))
     ORDER BY r.visibility, r.id LIMIT ${MAX_SOURCES}`;
  return rows.map((row) => row.full_name);
}

/** False: the blob was cached content, and has been evicted meanwhile. */
export async function mountBlobLink(
  app: { db: DbOrTx },
  { repositoryId, digest, blobId }: { repositoryId: bigint; digest: Digest; blobId: bigint },
): Promise<boolean> {
  try {
    await app.db.repositoryBlob.createMany({ data: [{ repositoryId, digest, blobId }], skipDuplicates: true });
    return true;
  } catch (error) {
    if (errorCode(error) === FOREIGN_KEY_VIOLATION) return false;
    throw error;
  }
}
