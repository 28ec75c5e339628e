// Layers as the AWS APIs see them.
import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';

type App = { pool: pg.Pool };
type Layers = { repositoryId: bigint; digests: readonly Digest[] };

/** `sizeBytes` is an integer; null: the repository doesn't have the layer. `mediaType` is null unless an image has the layer. */
export type StoredLayerRow = { digest: string; sizeBytes: string | null; mediaType: string | null };

const FIND_LAYERS = `
  SELECT asked.digest, stored.size_bytes AS "sizeBytes", used.media_type AS "mediaType"
    FROM unnest($2::text[]) AS asked (digest)
    LEFT JOIN LATERAL (
      SELECT b.size_bytes FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
       WHERE l.repository_id = $1 AND l.digest = asked.digest AND b.damage IS NULL
    ) AS stored ON true
    LEFT JOIN LATERAL (
      SELECT e.media_type FROM manifest_blobs e WHERE e.repository_id = $1 AND e.digest = asked.digest LIMIT 1
    ) AS used ON true`;

export async function findLayers(
  { pool }: App,
  { repositoryId, digests }: Layers,
): Promise<Map<string, StoredLayerRow>> {
  const { rows } = await pool.query<StoredLayerRow>({
    name: 'aws-find-layers',
    text: FIND_LAYERS,
    values: [repositoryId, digests],
  });
  return new Map(rows.map((row) => [row.digest, row]));
}

/** Notes that a part below the minimum size ends at a byte. Only the last part may be that small. */
export async function noteSmallPart(
  { pool }: App,
  { uploadId, endBytes }: { uploadId: string; endBytes: number },
): Promise<void> {
  const text = 'UPDATE uploads SET small_part_end = coalesce(small_part_end, $2) WHERE id = $1';
  await pool.query({ name: 'note-small-part', text, values: [uploadId, endBytes] });
}

/** Whether a part below the minimum size precedes the end of an upload. */
export async function hasSmallPart(
  { pool }: App,
  { uploadId, sizeBytes }: { uploadId: string; sizeBytes: number },
): Promise<boolean> {
  const text = 'SELECT FROM uploads WHERE id = $1 AND small_part_end < $2';
  const { rowCount } = await pool.query({ name: 'has-small-part', text, values: [uploadId, sizeBytes] });
  return rowCount === 1;
}
