import type pg from 'pg';

const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const digest = (text: string) => `'sha256:' || encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;

// Every third image is untagged. The others are releases and builds of pull requests. A minute lies between two.
const MANIFESTS = `
  INSERT INTO manifests (repository_id, digest, media_type, config_media_type, payload, size_bytes, content_bytes, os,
                         architecture, pushed_at, last_pulled_at)
  SELECT $1, ${digest(`$1::bigint || ' ' || n`)}, '${IMAGE}', '${CONFIG}', '{}', 2, n, 'linux', 'amd64',
         now() - n * interval '1 minute', CASE WHEN n % 2 = 0 THEN now() - n * interval '30 seconds' END
    FROM generate_series(1, $2::int) AS n`;
const TAGS = `
  INSERT INTO tags (repository_id, name, manifest_id, pushed_at)
  SELECT $1, CASE content_bytes % 3 WHEN 1 THEN 'v1.' ELSE 'pr-' END || content_bytes, id, pushed_at
    FROM manifests WHERE repository_id = $1 AND content_bytes % 3 > 0`;
/** A config and a layer of its own, and four base layers that a hundred images share. */
const EDGES = `
  INSERT INTO manifest_blobs (manifest_id, repository_id, kind, position, digest, media_type, size_bytes)
  SELECT m.id, $1, CASE k WHEN 0 THEN 'config' ELSE 'layer' END::"ManifestBlobKind", greatest(k - 1, 0), b.digest,
         CASE k WHEN 0 THEN '${CONFIG}' ELSE '${LAYER}' END, 1000
    FROM manifests m CROSS JOIN generate_series(0, 5) AS k
    CROSS JOIN LATERAL (SELECT ${digest(`$1::bigint || ' ' || k || ' ' || CASE WHEN k < 2 THEN m.content_bytes ELSE m.content_bytes / 100 END`)}) AS b(digest)
   WHERE m.repository_id = $1`;
const BLOBS = `
  INSERT INTO blobs (sha256, size_bytes)
  SELECT DISTINCT digest, 1000 FROM manifest_blobs WHERE repository_id = $1`;
const LINKS = `
  INSERT INTO repository_blobs (repository_id, digest, blob_id)
  SELECT DISTINCT $1::bigint, e.digest, b.id FROM manifest_blobs e JOIN blobs b ON b.sha256 = e.digest
   WHERE e.repository_id = $1`;

/** Creates a private repository with that many images. Returns its id. */
export async function seedImages(
  pool: pg.Pool,
  { registryId, count }: { registryId: string; count: number },
): Promise<bigint> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO repositories (registry_id, name, visibility, updated_at)
     SELECT id, 'bench/images-' || $2::int, 'private', now() FROM registries WHERE registry_id = $1 RETURNING id`,
    [registryId, count],
  );
  const id = BigInt(rows[0]?.id ?? 0);
  await pool.query(MANIFESTS, [id, count]);
  for (const statement of [TAGS, EDGES, BLOBS, LINKS]) await pool.query(statement, [id]);
  for (const table of ['manifests', 'tags', 'manifest_blobs', 'blobs', 'repository_blobs']) {
    await pool.query(`VACUUM (ANALYZE) ${table}`);
  }
  return id;
}
