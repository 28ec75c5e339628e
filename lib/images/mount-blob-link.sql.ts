import type { KeyScope } from '#lib/platform/key-scope.ts';
import { toAddress } from '#lib/blobs/blob-address.ts';
import type { ChangeOf } from '#lib/events/event-types.ts';
import { changeInsert } from '#lib/events/record-change.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';

const MAX_SOURCES = 10;

/** Returns full names of repositories that have a blob under a key: public ones first, then those of the user's registries. */
export async function listBlobSources(
  app: { db: DbOrTx },
  { digest, scope, userId }: { digest: Digest; scope: KeyScope; userId: string },
): Promise<string[]> {
  const address = toAddress(digest, scope);
  const rows = await app.db.$queryRaw<{ full_name: string }[]>`
    SELECT a.name || '/' || r.name AS full_name
      FROM blobs b
      JOIN repository_blobs l ON l.blob_id = b.id AND l.digest = ${digest}
      JOIN repositories r ON r.id = l.repository_id
      JOIN registries g ON g.id = r.registry_id
      JOIN aliases a ON a.id = g.primary_alias_id
     WHERE (b.sha256 = ${address} OR b.sha512 = ${address})
       AND (r.visibility = 'public'
            OR EXISTS (SELECT FROM members m WHERE m.registry_id = g.id AND m.user_id = ${userId}::uuid))
     ORDER BY r.visibility, r.id LIMIT ${MAX_SOURCES}`;
  return rows.map((row) => row.full_name);
}

export type MountBlobLinkInput = {
  repositoryId: bigint;
  digest: Digest;
  blobId: bigint;
  /** Recorded in the same statement if the link is new. Null when no user asked for the mount. */
  event: ChangeOf<'blob.mount'> | null;
};

/**
 * Links a stored blob to a repository and leases the link. Waits for a concurrent removal, which locks the blob's row. False when the
 * blob is gone, or isn't under the repository's key.
 */
export async function mountBlobLink(
  app: { db: DbOrTx },
  { repositoryId, digest, blobId, event }: MountBlobLinkInput,
): Promise<boolean> {
  const link = Prisma.sql`
    INSERT INTO repository_blobs (repository_id, digest, blob_id)
    SELECT r.id, ${digest}, b.id FROM blobs b JOIN repositories r ON r.key_scope = vitrine_blob_scope(b.sha256)
     WHERE b.id = ${blobId} AND r.id = ${repositoryId} FOR KEY SHARE OF b
    ON CONFLICT (repository_id, digest) DO UPDATE SET leased_at = now()
    RETURNING xmax = 0 AS is_new`;
  if (event === null) return (await app.db.$executeRaw(link)) > 0;
  const rows = await app.db.$queryRaw<unknown[]>`
    WITH linked AS (${link}), noted AS (${changeInsert(event, Prisma.sql`EXISTS (SELECT FROM linked WHERE is_new)`)})
    SELECT 1 FROM linked`;
  return rows.length > 0;
}
