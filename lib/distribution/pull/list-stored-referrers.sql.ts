import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';

export type ReferrerRow = {
  digest: Digest;
  media_type: string;
  size_bytes: number;
  artifact_type: string | null;
  is_archived: boolean;
  annotations: Record<string, string>;
  /** Total across all pages. */
  total: string;
};

export type ReferrerQuery = {
  repositoryId: bigint;
  subject: Digest;
  /** Null: any type. */
  artifactTypes: string[] | null;
  /** Null: archived ones too. */
  isArchived: boolean | null;
  /** The last digest of the previous page, or empty. */
  after: string;
  /** Limit for annotations. If the first row's are larger, it is returned without them. */
  maxBytes: number;
  maxRows: number;
};

// "If the artifactType is empty or missing in the image manifest, the value of artifactType MUST be set to the config
// descriptor mediaType value."
const LIST_REFERRERS = `
  SELECT * FROM (
    SELECT digest, media_type, size_bytes, coalesce(artifact_type, config_media_type) AS artifact_type,
           is_archived, count(*) OVER () AS total,
           CASE WHEN octet_length(annotations::text) <= $5 THEN annotations ELSE '{}' END AS annotations,
           row_number() OVER by_digest AS nth,
           sum(octet_length(annotations::text)) OVER by_digest AS bytes
      FROM manifests
     WHERE repository_id = $1 AND subject_digest = $2 AND digest COLLATE "C" > $3
       AND ($4::text[] IS NULL OR coalesce(artifact_type, config_media_type) = ANY ($4))
       AND ($7::boolean IS NULL OR is_archived = $7)
    WINDOW by_digest AS (ORDER BY digest COLLATE "C")
  ) AS page
  WHERE nth = 1 OR (bytes <= $5 AND nth <= $6)
  ORDER BY nth`;

/** Lists manifests with a subject in digest order. */
export async function listReferrerRows(pool: pg.Pool, query: ReferrerQuery): Promise<ReferrerRow[]> {
  const { repositoryId, subject, artifactTypes, isArchived, after, maxBytes, maxRows } = query;
  const values = [repositoryId, subject, after, artifactTypes, maxBytes, maxRows, isArchived];
  const { rows } = await pool.query<ReferrerRow>({ name: 'list-referrers', text: LIST_REFERRERS, values });
  return rows;
}

export async function listReferrerDigests(
  pool: pg.Pool,
  { repositoryId, subject }: { repositoryId: bigint; subject: Digest },
): Promise<string[]> {
  const text = 'SELECT digest FROM manifests WHERE repository_id = $1 AND subject_digest = $2';
  const { rows } = await pool.query<{ digest: string }>(text, [repositoryId, subject]);
  return rows.map((row) => row.digest);
}
