import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { HIT_COLUMNS } from '#lib/search/postgres/hit-row.sql.ts';
import type { HitRow } from '#lib/search/postgres/hit-row.ts';

/** Finds the pinned repositories that the gallery lists, in order. */
export async function findPinnedRows(db: DbOrTx, registryKey: bigint): Promise<HitRow[]> {
  return db.$queryRaw`
    SELECT ${HIT_COLUMNS} FROM repository_pins p JOIN search_repositories USING (repository_id)
     WHERE p.registry_id = ${registryKey} AND search_repositories.registry_id = p.registry_id ORDER BY p.position`;
}

export async function countByKind(db: DbOrTx, registryKey: bigint): Promise<{ kind: string; count: number }[]> {
  return db.$queryRaw`
    SELECT kind, count(*)::int AS count FROM search_repositories WHERE registry_id = ${registryKey} GROUP BY kind`;
}
