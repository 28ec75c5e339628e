import type { StoredBlob } from '#lib/blobs/blob-store.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { DbOrTx } from '#lib/platform/db.ts';

/** Makes a blob that the store has readable through a repository, under the digest it was pushed by. */
export async function linkBlob(
  app: { db: DbOrTx },
  { repositoryId, digest, stored }: { repositoryId: bigint; digest: Digest; stored: StoredBlob },
): Promise<void> {
  await app.db.$executeRaw`
    WITH blob AS (
      INSERT INTO blobs (sha256, sha512, size_bytes) VALUES (${stored.sha256}, ${stored.sha512}, ${stored.sizeBytes})
      ON CONFLICT (sha256) DO UPDATE SET sha512 = coalesce(blobs.sha512, excluded.sha512)
      RETURNING id
    )
    INSERT INTO repository_blobs (repository_id, digest, blob_id) SELECT ${repositoryId}, ${digest}, id FROM blob
    ON CONFLICT DO NOTHING`;
}
