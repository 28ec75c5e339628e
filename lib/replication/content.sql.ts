import type pg from 'pg';

type App = { pool: pg.Pool };
type Part = { repositoryId: bigint; digest: string };

const BLOBS = `
  SELECT DISTINCT b.digest
    FROM manifests m JOIN manifest_blobs b ON b.manifest_id = m.id
    JOIN repository_blobs l ON l.repository_id = m.repository_id AND l.digest = b.digest
   WHERE m.repository_id = $1 AND m.digest = $2`;

/** Lists the stored blobs of a manifest. A registry may lack foreign layers, and those of a sparse image. */
export async function listStoredBlobs({ pool }: App, { repositoryId, digest }: Part): Promise<string[]> {
  const { rows } = await pool.query<{ digest: string }>(BLOBS, [repositoryId, digest]);
  return rows.map((row) => row.digest);
}

const CHILDREN = `
  SELECT DISTINCT c.digest
    FROM manifests m JOIN manifest_children c ON c.parent_id = m.id
    JOIN manifests child ON child.repository_id = m.repository_id AND child.digest = c.digest AND NOT child.is_archived
   WHERE m.repository_id = $1 AND m.digest = $2`;

export async function listStoredChildren({ pool }: App, { repositoryId, digest }: Part): Promise<string[]> {
  const { rows } = await pool.query<{ digest: string }>(CHILDREN, [repositoryId, digest]);
  return rows.map((row) => row.digest);
}

const REFERRERS = `
  SELECT m.digest FROM manifests m
   WHERE m.repository_id = $1 AND m.subject_digest = $2 AND NOT m.is_archived
     AND NOT EXISTS (SELECT FROM manifest_origins o WHERE o.manifest_id = m.id)
   ORDER BY m.id LIMIT 1000`;

export async function listOwnReferrers({ pool }: App, { repositoryId, digest }: Part): Promise<string[]> {
  const { rows } = await pool.query<{ digest: string }>(REFERRERS, [repositoryId, digest]);
  return rows.map((row) => row.digest);
}

const SIBLING = `
  SELECT r.name FROM repository_blobs b JOIN repositories r ON r.id = b.repository_id
   WHERE b.digest = $2 AND b.repository_id <> $1
     AND EXISTS (SELECT FROM replication_tasks t
                  WHERE t.destination_id = $3 AND t.repository_id = r.id AND t.state = 'complete' AND t.digest IS NOT NULL)
   LIMIT 1`;

/** Finds another repository at the destination that may have a blob. */
export async function findReplicatedSibling(
  { pool }: App,
  { repositoryId, digest, destinationId }: Part & { destinationId: bigint },
): Promise<string | null> {
  const { rows } = await pool.query<{ name: string }>(SIBLING, [repositoryId, digest, destinationId]);
  return rows[0]?.name ?? null;
}
