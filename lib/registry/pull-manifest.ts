// The read path of `docker pull`: prepared statements on the pool, one round trip a manifest.
import type pg from 'pg';
import { formatReference, type Reference } from '#lib/oci/reference.ts';
import { AppError } from '#lib/platform/errors.ts';

export type PulledManifest = { digest: string; mediaType: string; sizeBytes: number };
export type PulledManifestBytes = PulledManifest & { payload: Buffer };

type Row = { digest: string; media_type: string; size_bytes: number; payload?: Buffer };
type Input = { repositoryId: bigint; reference: Reference };

const COLUMNS = 'm.digest, m.media_type, m.size_bytes';
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
    text: `SELECT ${columns} FROM ${FROM[reference.kind]}`,
    values: [repositoryId, formatReference(reference)],
  });
  if (!rows[0]) throw new AppError('manifest_not_found', 'The repository has no such manifest.');
  return rows[0];
}

function toManifest(row: Row): PulledManifest {
  return { digest: row.digest, mediaType: row.media_type, sizeBytes: row.size_bytes };
}
