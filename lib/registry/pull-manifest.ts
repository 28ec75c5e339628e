// The read path of `docker pull`: prepared statements on the pool, one round trip a manifest.
import type pg from 'pg';
import { formatReference, type Reference } from '#lib/oci/reference.ts';
import { AppError } from '#lib/platform/errors.ts';

export type PulledManifest = {
  digest: string;
  mediaType: string;
  sizeBytes: number;
  /** Of a mirrored tag: when its upstream last said so. */
  checkedAt: Date | null;
  /** Of a mirrored tag: the upstream said that there is none. */
  isGone: boolean;
};
export type PulledManifestBytes = PulledManifest & { payload: Buffer };

type Row = {
  digest: string;
  media_type: string;
  size_bytes: number;
  checked_at?: Date | null;
  gone_since?: Date | null;
  payload?: Buffer;
};
type Input = { repositoryId: bigint; reference: Reference };

const COLUMNS = 'm.digest, m.media_type, m.size_bytes';
const TAG_COLUMNS = { tag: ', t.checked_at, t.gone_since', digest: '' };
const FROM = {
  tag: 'tags t JOIN manifests m ON m.id = t.manifest_id WHERE t.repository_id = $1 AND t.name = $2',
  digest: 'manifests m WHERE m.repository_id = $1 AND m.digest = $2',
};

/** @throws AppError `manifest_not_found` */
export async function pullManifest(app: { pool: pg.Pool }, input: Input): Promise<PulledManifestBytes> {
  const row = await queryManifest(app, input, `${COLUMNS}, m.payload`, 'pull-manifest');
  return { ...toManifest(row), payload: row.payload ?? Buffer.alloc(0) };
}

/** All but the bytes. @throws AppError `manifest_not_found` */
export async function findManifest(app: { pool: pg.Pool }, input: Input): Promise<PulledManifest> {
  return toManifest(await queryManifest(app, input, COLUMNS, 'find-manifest'));
}

async function queryManifest(
  { pool }: { pool: pg.Pool },
  { repositoryId, reference }: Input,
  columns: string,
  statement: string,
): Promise<Row> {
  const { rows } = await pool.query<Row>({
    name: `${statement}-by-${reference.kind}`,
    text: `SELECT ${columns}${TAG_COLUMNS[reference.kind]} FROM ${FROM[reference.kind]}`,
    values: [repositoryId, formatReference(reference)],
  });
  if (!rows[0]) throw new AppError('manifest_not_found', 'The repository has no such manifest.');
  return rows[0];
}

function toManifest(row: Row): PulledManifest {
  return {
    ...{ digest: row.digest, mediaType: row.media_type, sizeBytes: row.size_bytes },
    ...{ checkedAt: row.checked_at ?? null, isGone: Boolean(row.gone_since) },
  };
}
