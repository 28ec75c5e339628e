import type { StoredBlob } from '#lib/blobs/blob-store.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { DbOrTx } from '#lib/platform/db.ts';

/**
 * Makes a blob whose bytes have just been hashed and stored readable through a repository, under the digest it was pushed by. A
 * link that is there already is leased anew, which waits for a garbage collection that looks at it just now.
 */
export async function linkBlob(
  app: { db: DbOrTx },
  { repositoryId, digest, stored }: { repositoryId: bigint; digest: Digest; stored: StoredBlob },
): Promise<void> {
  await app.db.$executeRaw`
    WITH blob AS (
      INSERT INTO blobs (sha256, sha512, size_bytes, checked_at)
      VALUES (${stored.sha256}, ${stored.sha512}, ${stored.sizeBytes}, now())
      ON CONFLICT (sha256) DO UPDATE
        SET sha512 = coalesce(blobs.sha512, excluded.sha512), size_bytes = excluded.size_bytes, checked_at = now(), damage = NULL
      RETURNING id
    )
    INSERT INTO repository_blobs (repository_id, digest, blob_id) SELECT ${repositoryId}, ${digest}, id FROM blob
    ON CONFLICT (repository_id, digest) DO UPDATE SET leased_at = now()`;
}
