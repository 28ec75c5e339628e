// Statements that seed-gallery.ts runs. $1 to $2 are repository ids. The first repository has $3 images, the others
// one. $4 and $5
// are manifests for amd64 and arm64 in which `@@` is replaced to make them unique.

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

export const INSERT_IMAGES = [PLATFORM_IMAGES, MANIFEST_BLOBS, BLOB_LINKS, INDEXES, CHILDREN];

/** Five tags per image, and `latest` for the newest. */
export const INSERT_TAGS = [
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
export const INSERT_PULLS = `
  INSERT INTO pull_counts (repository_id, day, tag, count)
  SELECT id, current_date - d, tag, 1 + (id * 31 + d * 17) % 900
    FROM repositories, generate_series(0, 29) AS d, unnest(ARRAY['', 'latest']) AS tag WHERE id % 10 = 1`;

export const ABOUT_TEXT = `

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
