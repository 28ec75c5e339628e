import type { DbOrTx } from '#lib/platform/pg/db.ts';

export type UncheckedName = { id: bigint; displayName: string };

/** Lists registries whose display name hasn't been checked. */
export async function listUncheckedNames(
  db: DbOrTx,
  { after, limit }: { after: bigint; limit: number },
): Promise<UncheckedName[]> {
  return db.$queryRaw`
    SELECT id, display_name AS "displayName" FROM registries
     WHERE id > ${after} AND display_name <> '' AND display_name IS DISTINCT FROM approved_name
       AND display_name IS DISTINCT FROM declined_name AND display_name IS DISTINCT FROM flagged_name
     ORDER BY id LIMIT ${limit}`;
}
