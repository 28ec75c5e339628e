import type pg from 'pg';

const CONFIG = 'application/vnd.oci.image.config.v1+json';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';

/** Adds private repositories to a registry, and images with a tag each to the first of them. Returns its name. */
export async function seedRegistry(
  pool: pg.Pool,
  { registryId, count }: { registryId: string; count: number },
): Promise<string> {
  await pool.query(
    `INSERT INTO repositories (registry_id, name, visibility, updated_at)
     SELECT g.id, 'bench/app-' || lpad(n::text, 6, '0'), 'private', now()
       FROM registries g, generate_series(1, $2::int) AS n WHERE g.registry_id = $1`,
    [registryId, count],
  );
  const name = 'bench/app-000001';
  await pool.query(
    `INSERT INTO manifests (repository_id, digest, media_type, config_media_type, payload, size_bytes, content_bytes, os,
                            architecture, pushed_at)
     SELECT r.id, 'sha256:' || encode(sha256(convert_to(n::text, 'UTF8')), 'hex'), '${IMAGE}', '${CONFIG}', '{}', 2, n,
            'linux', 'amd64', now() - n * interval '1 minute'
       FROM repositories r JOIN registries g ON g.id = r.registry_id, generate_series(1, $2::int) AS n
      WHERE g.registry_id = $1 AND r.name = $3`,
    [registryId, count, name],
  );
  await pool.query(
    `INSERT INTO tags (repository_id, name, manifest_id)
     SELECT m.repository_id, 'v' || m.content_bytes, m.id FROM manifests m
       JOIN repositories r ON r.id = m.repository_id JOIN registries g ON g.id = r.registry_id
      WHERE g.registry_id = $1 AND r.name = $2`,
    [registryId, name],
  );
  await pool.query('VACUUM ANALYZE');
  return name;
}
