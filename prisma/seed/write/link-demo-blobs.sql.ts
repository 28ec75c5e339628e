import type pg from 'pg';

export type DemoLink = { repositoryId: bigint; digest: string; sizeBytes: number };

/** Links stored blobs to repositories in one statement, as link-blob.sql.ts does for one. */
export async function linkDemoBlobs(pool: pg.Pool, links: DemoLink[]): Promise<void> {
  await pool.query(
    `WITH given AS (
       SELECT DISTINCT * FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS g (repository_id, digest, size_bytes)
     ), stored AS (
       INSERT INTO blobs (sha256, size_bytes, checked_at)
       SELECT DISTINCT digest, size_bytes, now() FROM given ORDER BY digest
       ON CONFLICT (sha256) DO UPDATE SET size_bytes = excluded.size_bytes, checked_at = now(), damage = NULL
       RETURNING id, sha256
     )
     INSERT INTO repository_blobs (repository_id, digest, blob_id)
     SELECT repository_id, digest, id FROM given JOIN stored ON sha256 = digest ORDER BY 1, 2
     ON CONFLICT (repository_id, digest) DO UPDATE SET leased_at = now()`,
    [
      links.map(({ repositoryId }) => repositoryId),
      links.map(({ digest }) => digest),
      links.map(({ sizeBytes }) => sizeBytes),
    ],
  );
}
