import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';

/**
 * Protects a blob from garbage collection for the grace period, because a pushing client is about to be told that it exists. Must run
 * before the look-up. It waits for a collection that has locked the link, after which the look-up finds nothing. Writes at most twice a
 * period.
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
