import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Docker images have at most 127 layers. Each one costs a row. */
const MAX_LAYERS = 127;

/**
 * Takes manifests from the queue and writes their chains. A concurrent batch takes other ones. Returns their number.
 * Replaces the rows of a manifest that moved to another repository.
 */
export async function recordBatch(db: DbOrTx, { limit }: { limit: number }): Promise<number> {
  const [row] = await db.$queryRaw<{ taken: number }[]>`
    WITH taken AS (
      DELETE FROM lineage_queue WHERE manifest_id IN (
        SELECT manifest_id FROM lineage_queue ORDER BY manifest_id LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      RETURNING manifest_id
    ), images AS (
      SELECT m.id, m.repository_id FROM taken JOIN manifests m ON m.id = taken.manifest_id
       WHERE (SELECT count(*) FROM manifest_blobs b WHERE b.manifest_id = m.id AND b.kind = 'layer')
             BETWEEN 1 AND ${MAX_LAYERS}
    ), layers AS (
      SELECT i.id, i.repository_id, row_number() OVER below AS depth, count(*) OVER (PARTITION BY i.id) AS total,
             encode(substr(sha256(convert_to(string_agg(b.digest, ' ') OVER below, 'UTF8')), 1, 16), 'hex')::uuid AS chain
        FROM images i JOIN manifest_blobs b ON b.manifest_id = i.id AND b.kind = 'layer'
      WINDOW below AS (PARTITION BY i.id ORDER BY b.position)
    ), chains AS (
      INSERT INTO image_chains (manifest_id, repository_id, chain, depth)
      SELECT id, repository_id, chain, depth FROM layers WHERE depth = total
      ON CONFLICT (manifest_id) DO UPDATE SET repository_id = excluded.repository_id
    ), moved AS (
      DELETE FROM image_ancestors a USING images i WHERE a.manifest_id = i.id AND a.repository_id <> i.repository_id
    ), ancestors AS (
      INSERT INTO image_ancestors (chain, repository_id, manifest_id)
      SELECT chain, repository_id, id FROM layers WHERE depth < total
      ON CONFLICT DO NOTHING
    )
    SELECT count(*)::int AS taken FROM taken`;
  return row?.taken ?? 0;
}
