import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Links a manifest's blobs to another repository, and renews leases of links that exist there. */
export async function copyLinks(
  tx: DbOrTx,
  { manifestId, fromId, toId }: { manifestId: bigint; fromId: bigint; toId: bigint },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO repository_blobs (repository_id, digest, blob_id)
    SELECT DISTINCT ${toId}::bigint, l.digest, l.blob_id
      FROM manifest_blobs e JOIN repository_blobs l ON l.repository_id = ${fromId} AND l.digest = e.digest
     WHERE e.manifest_id = ${manifestId} ORDER BY l.digest
    ON CONFLICT (repository_id, digest) DO UPDATE SET leased_at = now()`;
}
