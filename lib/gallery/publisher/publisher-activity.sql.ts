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

export type PublisherTotals = { repositoryCount: number; pullCount: number };

/** Totals of the repositories that the gallery lists (IN_GALLERY), from the catalog, so that a push counts at once. */
export async function sumPublisherTotals(db: DbOrTx, alias: string): Promise<PublisherTotals> {
  const rows = await db.$queryRaw<PublisherTotals[]>`
    SELECT count(*)::int AS "repositoryCount", coalesce(sum(pull_count), 0)::float8 AS "pullCount" FROM repositories r
     WHERE registry_id = (SELECT registry_id FROM aliases WHERE name = ${alias} AND status = 'active')
       AND visibility = 'public' AND quarantined_at IS NULL
       AND EXISTS (SELECT FROM manifests m WHERE m.repository_id = r.id AND m.attached_as IS NULL)`;
  return rows[0] ?? { repositoryCount: 0, pullCount: 0 };
}
