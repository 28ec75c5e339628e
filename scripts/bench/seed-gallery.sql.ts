// Statements that seed-gallery.ts runs. $1 to $2 are repository ids. The first repository has $3 images, the others
// one. $4 and $5 are manifests for amd64 and arm64 in which `@@` is replaced to make them unique.

import type pg from 'pg';

const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const REVISION = 'org.opencontainers.image.revision';
const DIGEST = `'sha256:' || encode(sha256(payload), 'hex')`;
const DOCUMENT = `convert_from(payload, 'UTF8')::jsonb`;

const PLATFORM_IMAGES = `
  INSERT INTO manifests (repository_id, digest, media_type, config_media_type, annotations, payload, size_bytes,
                         content_bytes, os, architecture, image_created_at, pushed_at)
  SELECT r.id, ${DIGEST}, '${IMAGE}', '${CONFIG}', ${DOCUMENT} -> 'annotations', payload, length(payload),
         (${DOCUMENT} #>> '{config,size}')::bigint
           + (SELECT sum((layer ->> 'size')::bigint) FROM jsonb_array_elements(${DOCUMENT} -> 'layers') AS layer),
         'linux', architecture, r.created_at, r.last_pushed_at - k * interval '3 hours'
    FROM repositories r
    CROSS JOIN LATERAL generate_series(1, CASE WHEN r.id = 1 THEN $3::int ELSE 1 END) AS k
    CROSS JOIN (VALUES ('amd64', $4::text), ('arm64', $5::text)) AS template(architecture, document)
    CROSS JOIN LATERAL (SELECT convert_to(replace(document, '@@', r.id || '.' || k), 'UTF8') AS payload) AS made
   WHERE r.id BETWEEN $1 AND $2`;

const MANIFEST_BLOBS = `
  INSERT INTO manifest_blobs (manifest_id, repository_id, kind, position, digest, media_type, size_bytes)
  SELECT id, repository_id, 'config'::"ManifestBlobKind", 0, d -> 'config' ->> 'digest', d -> 'config' ->> 'mediaType',
         (d #>> '{config,size}')::bigint
    FROM (SELECT id, repository_id, ${DOCUMENT} AS d FROM manifests WHERE repository_id BETWEEN $1 AND $2) AS m
  UNION ALL
  SELECT id, repository_id, 'layer', n - 1, layer ->> 'digest', layer ->> 'mediaType', (layer ->> 'size')::bigint
    FROM (SELECT id, repository_id, ${DOCUMENT} AS d FROM manifests WHERE repository_id BETWEEN $1 AND $2) AS m,
         jsonb_array_elements(d -> 'layers') WITH ORDINALITY AS l(layer, n)
   WHERE $3::int > 0 AND $4::text <> '' AND $5::text <> ''`;

const BLOB_LINKS = `
  INSERT INTO repository_blobs (repository_id, digest, blob_id)
  SELECT r.id, b.sha256, b.id FROM repositories r CROSS JOIN blobs b
   WHERE r.id BETWEEN $1 AND $2 AND $3::int > 0 AND $4::text <> '' AND $5::text <> ''`;

const INDEXES = `
  INSERT INTO manifests (repository_id, digest, media_type, annotations, payload, size_bytes, content_bytes, pushed_at)
  SELECT repository_id, ${DIGEST}, '${INDEX}', annotations, payload, length(payload), content_bytes, pushed_at
    FROM (SELECT repository_id, annotations, sum(content_bytes) AS content_bytes, max(pushed_at) AS pushed_at,
                 convert_to(jsonb_pretty(jsonb_build_object(
                   'schemaVersion', 2, 'mediaType', '${INDEX}', 'annotations', annotations,
                   'manifests', jsonb_agg(jsonb_build_object(
                     'mediaType', media_type, 'digest', digest, 'size', size_bytes,
                     'platform', jsonb_build_object('os', os, 'architecture', architecture)) ORDER BY architecture))),
                   'UTF8') AS payload
            FROM manifests WHERE repository_id BETWEEN $1 AND $2 GROUP BY repository_id, annotations) AS made
   WHERE $3::int > 0 AND $4::text <> '' AND $5::text <> ''`;

const CHILDREN = `
  INSERT INTO manifest_children (parent_id, position, digest, media_type, size_bytes, os, architecture)
  SELECT id, n - 1, child ->> 'digest', child ->> 'mediaType', (child ->> 'size')::bigint,
         child #>> '{platform,os}', child #>> '{platform,architecture}'
    FROM manifests, jsonb_array_elements(${DOCUMENT} -> 'manifests') WITH ORDINALITY AS c(child, n)
   WHERE repository_id BETWEEN $1 AND $2 AND media_type = '${INDEX}'
     AND $3::int > 0 AND $4::text <> '' AND $5::text <> ''`;

const INSERT_IMAGES = [PLATFORM_IMAGES, MANIFEST_BLOBS, BLOB_LINKS, INDEXES, CHILDREN];

/** Five tags per image, and `latest` for the newest. */
const INSERT_TAGS = [
  `INSERT INTO tags (repository_id, name, manifest_id, created_at, pushed_at)
   SELECT repository_id, tag, id, pushed_at, pushed_at
     FROM (SELECT repository_id, id, pushed_at, split_part(annotations ->> '${REVISION}', '.', 2) AS k
             FROM manifests WHERE media_type = '${INDEX}') AS image,
          unnest(ARRAY['1.' || k, '1.' || k || '.0', '1.' || k || '-alpine', '1.' || k || '-slim', '1.' || k || '.0-slim']
                 || CASE WHEN k = '1' THEN ARRAY['latest'] END) AS tag`,
  `INSERT INTO tag_events (repository_id, tag, to_digest, at)
   SELECT t.repository_id, t.name, m.digest, t.pushed_at FROM tags t JOIN manifests m ON m.id = t.manifest_id`,
];

/** A month of pulls, up to today, for every tenth repository. */
const INSERT_PULLS = `
  INSERT INTO pull_counts (repository_id, day, tag, count)
  SELECT id, current_date - d, tag, 1 + (id * 31 + d * 17) % 900
    FROM repositories, generate_series(0, 29) AS d, unnest(ARRAY['', 'latest']) AS tag WHERE id % 10 = 1`;
const SUM_PULLS = `
  INSERT INTO registry_pulls (registry_id, day, count)
  SELECT r.registry_id, p.day, sum(p.count) FROM pull_counts p JOIN repositories r ON r.id = p.repository_id GROUP BY 1, 2`;

const ABOUT_TEXT = `

## What it is

A small image that is built from source every night. It runs **without root**, has no shell, and logs to standard output.

| Variable | Default | What it does |
| --- | --- | --- |
| \`PORT\` | 8080 | where it listens |
| \`LOG_LEVEL\` | info | how much it says |
| \`DATA\` | /data | where its state is |

## How to run it

\`\`\`sh
docker run --rm -p 8080:8080 -v data:/data IMAGE
\`\`\`

- Tags with a full version never move.
- \`latest\` is the newest release, not the newest build.
- Signatures and bills of materials are attached to each digest.

See <https://example.org/docs> for the rest.
`;

export async function insertPublishers(
  pool: pg.Pool,
  aliases: { name: string; foldedKey: string }[],
  newest: string,
): Promise<void> {
  await pool.query(
    `WITH rows AS (SELECT * FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS row(name, folded_key, n)),
     made AS (
       INSERT INTO registries (registry_id, display_name, approved_name, verified_at, verified_by, verified_note, created_at)
       SELECT (100000000000 + n)::text, initcap(name) || ' Inc.', initcap(name) || ' Inc.', CASE WHEN n % 10 = 0 THEN $3::timestamptz END,
              CASE WHEN n % 10 = 0 THEN 'decision' END, CASE WHEN n % 10 = 0 THEN 'Known to us' END,
              $3::timestamptz - n * interval '37 minutes'
         FROM rows ORDER BY n RETURNING id, registry_id
     )
     INSERT INTO aliases (name, folded_key, registry_id)
     SELECT name, folded_key, made.id FROM rows JOIN made ON registry_id = (100000000000 + n)::text ORDER BY n`,
    [aliases.map(({ name }) => name), aliases.map(({ foldedKey }) => foldedKey), newest],
  );
  await pool.query(
    'UPDATE registries r SET primary_alias_id = a.id, default_alias_id = a.id FROM aliases a WHERE a.registry_id = r.id',
  );
}

export type SeededRepository = { n: number; publisher: number; name: string; description: string };

/** `count` is the number of all repositories. */
export async function insertRepositoryRows(
  pool: pg.Pool,
  rows: SeededRepository[],
  { newest, count }: { newest: string; count: number },
): Promise<void> {
  await pool.query(
    `INSERT INTO repositories (registry_id, name, description, about_text, usage_text, pull_count, created_at, last_pushed_at)
       SELECT r.id, row.name, row.description, '# ' || row.name || E'\\n\\n' || row.description || $5, '',
              floor(10000000 / power(1 + (row.n::bigint * 7919) % $7, 1.1))::bigint,
              $6::timestamptz - interval '300 days', $6::timestamptz - ((row.n::bigint * 104729) % $7) * interval '2 minutes'
         FROM unnest($1::int[], $2::int[], $3::text[], $4::text[]) AS row(n, publisher, name, description)
         JOIN registries r ON r.registry_id = (100000000001 + row.publisher)::text
        ORDER BY row.n`,
    [
      rows.map(({ n }) => n),
      rows.map(({ publisher }) => publisher),
      rows.map(({ name }) => name),
      rows.map(({ description }) => description),
      ABOUT_TEXT,
      newest,
      count,
    ],
  );
}

type ImageRows = { start: number; end: number; tagShare: number; templates: string[] };

/** Inserts images of the repositories with ids from `start` to `end`. */
export async function insertImageRows(pool: pg.Pool, { start, end, tagShare, templates }: ImageRows): Promise<void> {
  for (const sql of INSERT_IMAGES) await pool.query(sql, [start, end, tagShare, ...templates]);
}

export async function insertTags(pool: pg.Pool): Promise<void> {
  for (const sql of INSERT_TAGS) await pool.query(sql);
}

export async function insertPullCounts(pool: pg.Pool): Promise<void> {
  await pool.query(INSERT_PULLS);
  await pool.query(SUM_PULLS);
}

export async function insertBlob(
  pool: pg.Pool,
  { digest, sizeBytes }: { digest: string; sizeBytes: number },
): Promise<void> {
  const text = 'INSERT INTO blobs (sha256, size_bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING';
  await pool.query(text, [digest, sizeBytes]);
}

/** Gives a repository `count` further tags of its latest image. */
export async function copyLatestTag(pool: pg.Pool, { name, count }: { name: string; count: number }): Promise<void> {
  await pool.query(
    `INSERT INTO tags (repository_id, name, manifest_id)
     SELECT t.repository_id, 'v' || n || '.0.0', t.manifest_id
       FROM tags t JOIN repositories r ON r.id = t.repository_id, generate_series(1, $2::int) AS n
      WHERE t.name = 'latest' AND r.name = $1`,
    [name, count],
  );
}

export async function analyze(pool: pg.Pool): Promise<void> {
  await pool.query('ANALYZE');
}

export async function vacuum(pool: pg.Pool): Promise<void> {
  await pool.query('VACUUM ANALYZE');
}
