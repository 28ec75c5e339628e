import type { Digest } from '#lib/oci/digest.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Returns the id of the blob that a repository has under this digest. */
export async function findLinkedBlob(
  app: { db: DbOrTx },
  { repositoryId, digest }: { repositoryId: bigint; digest: Digest },
): Promise<bigint | null> {
  const link = await app.db.repositoryBlob.findFirst({
    where: { repositoryId, digest, blob: { damage: null } },
    select: { blobId: true },
  });
  return link?.blobId ?? null;
}
