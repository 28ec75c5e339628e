import type pg from 'pg';
import { formatReference, type Reference } from '#lib/oci/reference.ts';
import { AppError } from '#lib/platform/errors.ts';

export type StoredManifest = {
  digest: string;
  mediaType: string;
  sizeBytes: number;
  /** The exact bytes that were pushed. */
  payload: Buffer;
  /** When the upstream last confirmed a mirrored tag. */
  checkedAt: Date | null;
  /** Whether the upstream of a mirrored tag no longer has it. */
  isGone: boolean;
};

type Row = {
  digest: string;
  media_type: string;
  size_bytes: number;
  checked_at?: Date | null;
  gone_since?: Date | null;
  payload: Buffer;
};

const COLUMNS = 'm.digest, m.media_type, m.size_bytes, m.payload';
const TAG_COLUMNS = { tag: ', t.checked_at, t.gone_since', digest: '' };
const FROM = {
  tag: 'tags t JOIN manifests m ON m.id = t.manifest_id WHERE t.repository_id = $1 AND t.name = $2',
  digest: 'manifests m WHERE m.repository_id = $1 AND m.digest = $2',
};

/** Reads a manifest's row, in one round trip. @throws AppError `manifest_not_found` */
export async function readStoredManifest(
  { pool }: { pool: pg.Pool },
  { repositoryId, reference }: { repositoryId: bigint; reference: Reference },
): Promise<StoredManifest> {
  const { rows } = await pool.query<Row>({
    name: `pull-manifest-by-${reference.kind}`,
    text: `SELECT ${COLUMNS}${TAG_COLUMNS[reference.kind]} FROM ${FROM[reference.kind]}`,
    values: [repositoryId, formatReference(reference)],
  });
  const [row] = rows;
  if (!row) throw new AppError('manifest_not_found', 'The repository has no such manifest.');
  return {
    digest: row.digest,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    payload: row.payload,
    checkedAt: row.checked_at ?? null,
    isGone: Boolean(row.gone_since),
  };
}
