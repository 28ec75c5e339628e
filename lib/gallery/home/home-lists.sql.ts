// Queries of the home page. Requests read few rows by index. The others belong to the job that renews the lists.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import { HIT_COLUMNS } from '#lib/search/postgres/hit-row.sql.ts';
import type { HitRow } from '#lib/search/postgres/hit-row.ts';

export type HomeOrder = 'newest' | 'updated';
export type HomeRow = HitRow & { registry_id: bigint };

/** Ids count up, so the newest repository has the highest one. */
const ORDERS: Record<HomeOrder, Prisma.Sql> = {
  newest: Prisma.sql`repository_id DESC`,
  updated: Prisma.sql`pushed_at DESC, repository_id`,
};

/** Lists repositories of other publishers than those given. */
export async function listCandidates(
  db: DbOrTx,
  { order, without, limit }: { order: HomeOrder; without: bigint[]; limit: number },
): Promise<HomeRow[]> {
  return db.$queryRaw`
    SELECT registry_id, ${HIT_COLUMNS} FROM search_repositories
     WHERE registry_id <> ALL (${without}::bigint[]) ORDER BY ${ORDERS[order]} LIMIT ${limit}`;
}

/** Finds those of the repositories that are in the gallery, in the given order. */
export async function findHitRows(db: DbOrTx, ids: bigint[]): Promise<HomeRow[]> {
  return db.$queryRaw`
    SELECT registry_id, ${HIT_COLUMNS}
      FROM unnest(${ids}::bigint[]) WITH ORDINALITY AS wanted (id, position)
      JOIN search_repositories ON repository_id = wanted.id ORDER BY wanted.position`;
}

export type PublisherTileRow = { registryKey: bigint; alias: string; displayName: string; logoId: string | null };

/** Finds those of the registries that are still verified and have a repository, in the given order. */
export async function findVerifiedPublishers(db: DbOrTx, registryKeys: bigint[]): Promise<PublisherTileRow[]> {
  return db.$queryRaw`
    SELECT wanted.key AS "registryKey", one.primary_alias AS alias, one.display_name AS "displayName",
           CASE WHEN one.display_name <> '' THEN registries.logo_id END AS "logoId"
      FROM unnest(${registryKeys}::bigint[]) WITH ORDINALITY AS wanted (key, position)
      JOIN registries ON registries.id = wanted.key
      -- By way of repositories, which have an index by registry.
      JOIN LATERAL (SELECT s.primary_alias, s.display_name, s.verified
                      FROM repositories r JOIN search_repositories s ON s.repository_id = r.id
                     WHERE r.registry_id = wanted.key LIMIT 1) AS one ON one.verified
     ORDER BY wanted.position`;
}

/** Counts repositories of the gallery, up to `max`. */
export async function countListed(db: DbOrTx, max: number): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (SELECT FROM search_repositories LIMIT ${max}) AS listed`;
  return row?.count ?? 0;
}

/** Finds verified publishers, most pulled first. */
export async function rankVerifiedPublishers(
  db: DbOrTx,
  limit: number,
): Promise<{ registryKey: bigint; repositories: number }[]> {
  return db.$queryRaw`
    SELECT registry_id AS "registryKey", count(*)::int AS repositories FROM search_repositories
     WHERE verified GROUP BY registry_id ORDER BY sum(pull_count) DESC, registry_id LIMIT ${limit}`;
}

/** Counts the gallery's repositories by category. */
export async function countCategories(db: DbOrTx): Promise<{ category: string; repositories: number }[]> {
  return db.$queryRaw`
    SELECT category, count(*)::int AS repositories FROM search_repositories, unnest(categories) AS category
     GROUP BY category ORDER BY category`;
}
