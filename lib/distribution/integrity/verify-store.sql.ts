import type pg from 'pg';

/** Must match isForeignLayer in oci/media-types.ts. */
const FOREIGN_TYPE = 'application/vnd.oci.image.layer.nondistributable.%';
const OLD_FOREIGN_TYPE = 'application/vnd.docker.image.rootfs.foreign.%';

/** `id` and `sizeBytes` are integers. */
export type StoredBlobRow = { id: string; sha256: string; sizeBytes: string };

/** Lists blobs that a repository links to, by id. */
export async function listLinkedBlobs(
  pool: pg.Pool,
  { after, limit }: { after: string; limit: number },
): Promise<StoredBlobRow[]> {
  const { rows } = await pool.query<StoredBlobRow>(
    `SELECT b.id, b.sha256, b.size_bytes AS "sizeBytes" FROM blobs b
      WHERE b.id > $1 AND EXISTS (SELECT FROM repository_blobs l WHERE l.blob_id = b.id) ORDER BY b.id LIMIT $2`,
    [after, limit],
  );
  return rows;
}

export async function countManifests(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM manifests');
  return Number(rows[0]?.count ?? 0);
}

export type UnlinkedBlob = { digest: string; manifest: string; repository: string };

/**
 * Lists blobs that manifests reference without a link. Excludes mirrors, whose blobs are fetched on demand,
 * nondistributable layers, and manifests that an index lists.
 */
export async function listUnlinked(pool: pg.Pool): Promise<UnlinkedBlob[]> {
  const { rows } = await pool.query<UnlinkedBlob>(
    `SELECT e.digest, m.digest AS manifest, coalesce(a.name || '/', '') || r.name AS repository
       FROM manifest_blobs e
       JOIN manifests m ON m.id = e.manifest_id
       JOIN repositories r ON r.id = e.repository_id AND r.upstream_id IS NULL
       JOIN registries g ON g.id = r.registry_id
       LEFT JOIN aliases a ON a.id = g.primary_alias_id
      WHERE NOT EXISTS (SELECT FROM repository_blobs l WHERE l.repository_id = e.repository_id AND l.digest = e.digest)
        AND e.kind <> 'child' AND e.media_type NOT LIKE '${FOREIGN_TYPE}' AND e.media_type NOT LIKE '${OLD_FOREIGN_TYPE}'
      ORDER BY e.manifest_id, e.position`,
  );
  return rows;
}
