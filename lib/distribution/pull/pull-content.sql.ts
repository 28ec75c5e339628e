// Reads uncached rows for pulls, with prepared statements and one round trip each.
import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';
import { formatReference, type Reference } from '#lib/oci/reference.ts';

export type ManifestRow = {
  digest: string;
  media_type: string;
  size_bytes: number;
  is_archived: boolean;
  /** Only for tags. */
  checked_at?: Date | null;
  gone_since?: Date | null;
  payload: Buffer;
};

const COLUMNS = 'm.digest, m.media_type, m.size_bytes, m.is_archived, m.payload';
const TAG_COLUMNS = { tag: ', t.checked_at, t.gone_since', digest: '' };
const FROM = {
  tag: 'tags t JOIN manifests m ON m.id = t.manifest_id WHERE t.repository_id = $1 AND t.name = $2',
  digest: 'manifests m WHERE m.repository_id = $1 AND m.digest = $2',
};

export async function findManifestRow(
  pool: pg.Pool,
  { repositoryId, reference }: { repositoryId: bigint; reference: Reference },
): Promise<ManifestRow | null> {
  const { rows } = await pool.query<ManifestRow>({
    name: `pull-manifest-by-${reference.kind}`,
    text: `SELECT ${COLUMNS}${TAG_COLUMNS[reference.kind]} FROM ${FROM[reference.kind]}`,
    values: [repositoryId, formatReference(reference)],
  });
  return rows[0] ?? null;
}

const FIND_BLOB = `
  SELECT b.sha256, b.size_bytes AS "sizeBytes" FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
   WHERE l.repository_id = $1 AND l.digest = $2 AND b.damage IS NULL`;

/** Finds the undamaged blob that a repository links under a digest. `sizeBytes` is an integer. */
export async function findBlobRow(
  pool: pg.Pool,
  { repositoryId, digest }: { repositoryId: bigint; digest: Digest },
): Promise<{ sha256: string; sizeBytes: string } | null> {
  const { rows } = await pool.query<{ sha256: string; sizeBytes: string }>({
    name: 'find-blob',
    text: FIND_BLOB,
    values: [repositoryId, digest],
  });
  return rows[0] ?? null;
}
