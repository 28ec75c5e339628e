import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Lists the newest `limit` tags of each manifest, and how many it has. Leaves out manifests without tags. */
export async function listNewestNames(
  db: DbOrTx,
  { manifestIds, limit }: { manifestIds: bigint[]; limit: number },
): Promise<{ id: bigint; names: string[]; total: number }[]> {
  return db.$queryRaw`
    SELECT id, array_agg(name ORDER BY position) AS names, max(total)::int AS total
      FROM unnest(${manifestIds}::bigint[]) AS id,
           LATERAL (SELECT name, count(*) OVER () AS total, row_number() OVER newest AS position
                      FROM tags WHERE manifest_id = id AND attached_as IS NULL
                    WINDOW newest AS (ORDER BY version_key DESC, name DESC)
                     ORDER BY position LIMIT ${limit}) AS tags
     GROUP BY id`;
}
