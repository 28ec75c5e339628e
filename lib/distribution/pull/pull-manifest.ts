// The read path of `docker pull` where memory does not know (pull-cache.ts): prepared statements on the pool, one round trip a manifest.
import type pg from 'pg';
import { formatReference, type Reference } from '#lib/oci/reference.ts';
import { AppError } from '#lib/platform/errors.ts';

export type PulledManifest = {
  digest: string;
  mediaType: string;
  sizeBytes: number;
  /** The bytes that were pushed. */
  payload: Buffer;
  /** Of a mirrored tag: when its upstream last said so. */
  checkedAt: Date | null;
  /** Of a mirrored tag: the upstream said that there is none. */
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

/** @throws AppError `manifest_not_found` */
export async function pullManifest(
  { pool }: { pool: pg.Pool },
  { repositoryId, reference }: { repositoryId: bigint; reference: Reference },
): Promise<PulledManifest> {
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
