// Images as the AWS APIs list them. Pages go by digest, along the unique index of manifests, so that they cost the same
// anywhere in a repository of any size.
import type pg from 'pg';

type App = { pool: pg.Pool };

export type TagStatus = 'TAGGED' | 'UNTAGGED' | 'ANY';
/** Restoring an image takes effect at once, so that none is ever `ACTIVATING`. */
export type ImageStatus = 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING' | 'ANY';

/** Images read for one page of a filtered list. The page then ends, even with few images on it. */
const MAX_SCANNED = 5_000;

export type ImageRow = {
  digest: string;
  mediaType: string;
  artifactMediaType: string | null;
  subjectDigest: string | null;
  pushedAt: Date;
  lastPulledAt: Date | null;
  /** An integer. */
  sizeBytes: string;
  tags: string[];
  isArchived: boolean;
  archivedAt: Date | null;
  activatedAt: Date | null;
};

// "If the image is a manifest list, this will be the max size of all manifests in the list." AWS allows 1,000 tags an image.
const SIZE = `
  coalesce((
    SELECT max(child.content_bytes) FROM manifest_children c
      JOIN manifests child ON child.repository_id = m.repository_id AND child.digest = c.digest
     WHERE c.parent_id = m.id
  ), m.content_bytes)`;
const COLUMNS = `
  m.digest, m.media_type AS "mediaType", coalesce(m.config_media_type, m.artifact_type) AS "artifactMediaType",
  m.subject_digest AS "subjectDigest", m.pushed_at AS "pushedAt", m.last_pulled_at AS "lastPulledAt", ${SIZE} AS "sizeBytes",
  m.is_archived AS "isArchived", m.archived_at AS "archivedAt", m.activated_at AS "activatedAt",
  ARRAY(SELECT t.name FROM tags t WHERE t.manifest_id = m.id ORDER BY t.name LIMIT 1000) AS tags`;

const hasStatus = (parameter: string) =>
  `(${parameter} = 'ANY' OR m.is_archived = (${parameter} = 'ARCHIVED') AND ${parameter} <> 'ACTIVATING')`;
const IS_TAGGED = 'EXISTS (SELECT FROM tags t WHERE t.manifest_id = m.id)';

const LIST_IMAGES = `
  SELECT ${COLUMNS} FROM (
    SELECT * FROM manifests WHERE repository_id = $1 AND digest > $2 ORDER BY digest LIMIT $3
  ) AS m
   WHERE ($4 = 'ANY' OR ${IS_TAGGED} = ($4 = 'TAGGED')) AND ${hasStatus('$6')}
   ORDER BY m.digest LIMIT $5`;

export type ImagePage = {
  repositoryId: bigint;
  tagStatus: TagStatus;
  imageStatus: ImageStatus;
  /** The last digest of the previous page, or empty. */
  after: string;
  limit: number;
};

export async function listImageRows(app: App, page: ImagePage): Promise<{ rows: ImageRow[]; end: string | null }> {
  const { repositoryId, tagStatus, imageStatus, after, limit } = page;
  const scanned = scannedFor(page);
  const { rows } = await app.pool.query<ImageRow>({
    name: 'aws-list-images',
    text: LIST_IMAGES,
    values: [repositoryId, after, scanned, tagStatus, limit + 1, imageStatus],
  });
  const shown = rows.slice(0, limit);
  const end = rows.length > limit ? shown.at(-1)?.digest : await findScanEnd(app, page, scanned);
  return { rows: shown, end: end ?? null };
}

function scannedFor(page: ImagePage): number {
  const { limit } = page;
  return isUnfiltered(page) ? limit + 1 : Math.max(limit + 1, MAX_SCANNED);
}

function isUnfiltered({ tagStatus, imageStatus }: ImagePage): boolean {
  return tagStatus === 'ANY' && imageStatus === 'ANY';
}

/** Finds the last digest read for a page. Null: the repository has no more. */
async function findScanEnd({ pool }: App, page: ImagePage, scanned: number): Promise<string | null> {
  const { repositoryId, after } = page;
  if (isUnfiltered(page)) return null;
  const { rows } = await pool.query<{ digest: string }>({
    name: 'aws-find-scan-end',
    text: 'SELECT digest FROM manifests WHERE repository_id = $1 AND digest > $2 ORDER BY digest OFFSET $3 - 1 LIMIT 1',
    values: [repositoryId, after, scanned],
  });
  return rows[0]?.digest ?? null;
}

export type ImageIdRow = { digest: string; tag: string | null };

const LIST_IDS = `
  SELECT m.digest, t.name AS tag FROM (
    SELECT id, digest, is_archived FROM manifests WHERE repository_id = $1 AND digest >= $2 ORDER BY digest LIMIT $3
  ) AS m LEFT JOIN tags t ON t.manifest_id = m.id
   WHERE (m.digest > $2 OR t.name > $6) AND ($4 = 'ANY' OR (t.name IS NOT NULL) = ($4 = 'TAGGED'))
     AND ${hasStatus('$7')}
   ORDER BY m.digest, t.name LIMIT $5`;

/** Lists a row for each tag, and one for each image without tags. `afterTag` is of the last row, or empty. */
export async function listImageIdRows(
  app: App,
  page: ImagePage & { afterTag: string },
): Promise<{ rows: ImageIdRow[]; end: ImageIdRow | null }> {
  const { repositoryId, tagStatus, imageStatus, after, afterTag, limit } = page;
  // The image of the last row may have more tags.
  const scanned = scannedFor(page) + 1;
  const { rows } = await app.pool.query<ImageIdRow>({
    name: 'aws-list-image-ids',
    text: LIST_IDS,
    values: [repositoryId, after, scanned, tagStatus, limit + 1, afterTag, imageStatus],
  });
  const shown = rows.slice(0, limit);
  if (rows.length > limit) return { rows: shown, end: shown.at(-1) ?? null };
  const digest = await findScanEnd(app, page, scanned - 1);
  return { rows: shown, end: digest === null ? null : { digest, tag: null } };
}

export type TagRow = { name: string; createdAt: Date } & Omit<ImageRow, 'tags'>;

const LIST_TAGS = `
  SELECT t.name, t.created_at AS "createdAt", ${COLUMNS} FROM (
    SELECT * FROM tags WHERE repository_id = $1 AND name > $2 ORDER BY name LIMIT $3
  ) AS t JOIN manifests m ON m.id = t.manifest_id ORDER BY t.name`;

/** Lists tags by name, with their images. */
export async function listImageTagRows(
  { pool }: App,
  { repositoryId, after, limit }: { repositoryId: bigint; after: string; limit: number },
): Promise<TagRow[]> {
  const { rows } = await pool.query<TagRow>({
    name: 'aws-list-tags',
    text: LIST_TAGS,
    values: [repositoryId, after, limit],
  });
  return rows;
}

const FIND_IMAGES = `
  SELECT wanted.nth::int AS nth, ${COLUMNS}
    FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS wanted (digest, tag, nth),
         LATERAL (
           SELECT id FROM manifests WHERE repository_id = $1 AND digest = wanted.digest AND wanted.tag IS NULL
            UNION ALL
           SELECT manifest_id FROM tags WHERE repository_id = $1 AND name = wanted.tag
         ) AS found
    JOIN manifests m ON m.id = found.id
   WHERE m.digest = coalesce(wanted.digest, m.digest)`;

export type WantedImage = { imageDigest?: string | undefined; imageTag?: string | undefined };

/** Finds images by digest, by tag, or by both. Null for those that don't exist. */
export async function findImageRows(
  { pool }: App,
  { repositoryId, ids }: { repositoryId: bigint; ids: readonly WantedImage[] },
): Promise<(ImageRow | null)[]> {
  const { rows } = await pool.query<ImageRow & { nth: number }>({
    name: 'aws-find-images',
    text: FIND_IMAGES,
    values: [repositoryId, ids.map((id) => id.imageDigest ?? null), ids.map((id) => id.imageTag ?? null)],
  });
  const found = new Map(rows.map((row) => [row.nth, row]));
  return ids.map((_id, i) => found.get(i + 1) ?? null);
}
