// Blobs that other repositories have already: what a mount is made of.
import type { Digest } from '#lib/oci/digest.ts';
import type { DbOrTx } from '#lib/platform/db.ts';

const MAX_SOURCES = 10;

/** Internal id of the blob that a repository has under this digest. */
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

/**
 * Links a blob that is here, and leases the link. Whoever removes the blob has its row locked: this waits for them.
 * False: it is gone, evicted or collected meanwhile.
 */
export async function mountBlobLink(
  app: { db: DbOrTx },
  { repositoryId, digest, blobId }: { repositoryId: bigint; digest: Digest; blobId: bigint },
): Promise<boolean> {
  const count = await app.db.$executeRaw`
    INSERT INTO repository_blobs (repository_id, digest, blob_id)
    SELECT ${repositoryId}, ${digest}, id FROM blobs WHERE id = ${blobId} FOR KEY SHARE
    ON CONFLICT (repository_id, digest) DO UPDATE SET leased_at = now()`;
  return count > 0;
}
