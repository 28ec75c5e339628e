// Fills a repository with more tags than a test can push, by inserting the rows that pushes would leave.

const SUFFIXES = ['', '-alpine', '-rc1', '-slim'];

/**
 * Adds `1.0.0`, `1.0.0-alpine`, `1.0.0-rc1`, `1.0.0-slim`, `1.0.1` … `1.1.0` …, with ten patch versions per minor
 * version. The four tags of a version share a digest. Each version was pushed a minute after the previous one and is
 * one byte larger.
 */
export async function addManyTags(
  pool: { query: (text: string, values: unknown[]) => Promise<unknown> },
  { repositoryId, versions }: { repositoryId: bigint; versions: number },
): Promise<void> {
  await pool.query(
    `INSERT INTO manifests (repository_id, digest, media_type, payload, size_bytes, content_bytes, os, architecture,
                            image_created_at, pushed_at)
     SELECT $1, 'sha256:' || encode(sha256(convert_to('many tags ' || i, 'UTF8')), 'hex'),
            'application/vnd.oci.image.manifest.v1+json', '{}', 2, 1000000 + i, 'linux', 'amd64',
            timestamptz '2025-12-31', timestamptz '2026-01-01' + i * interval '1 minute'
       FROM generate_series(0, $2::int - 1) AS i`,
    [repositoryId, versions],
  );
  await pool.query(
    `INSERT INTO tags (repository_id, name, manifest_id, created_at, pushed_at)
     SELECT m.repository_id, format('1.%s.%s%s', v.i / 10, v.i % 10, suffix), m.id, m.pushed_at, m.pushed_at
       FROM manifests m, LATERAL (SELECT m.content_bytes - 1000000 AS i) v, unnest($2::text[]) AS suffix
      WHERE m.repository_id = $1 AND m.media_type LIKE '%image.manifest%' AND v.i BETWEEN 0 AND $3 - 1
     ON CONFLICT DO NOTHING`,
    [repositoryId, SUFFIXES, versions],
  );
}
