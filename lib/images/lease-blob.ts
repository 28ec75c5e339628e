import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';

/**
 * A client that may push is about to be told that the blob is here, and will not send it: for the grace period garbage
 * collection leaves it alone. Called before the blob is looked up; a collection that has the link locked is waited for, and
 * then the look-up finds nothing. Written at most twice a period.
 */
export async function leaseBlob(
  { pool }: { pool: pg.Pool },
  { repositoryId, digest, graceSeconds }: { repositoryId: bigint; digest: Digest; graceSeconds: number },
): Promise<void> {
  await pool.query({
    name: 'lease-blob',
    text: `UPDATE repository_blobs SET leased_at = now()
            WHERE repository_id = $1 AND digest = $2 AND leased_at < now() - make_interval(secs => $3)`,
    values: [repositoryId, digest, graceSeconds / 2],
  });
}
