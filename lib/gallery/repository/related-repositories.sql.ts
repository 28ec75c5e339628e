import type { DbOrTx } from '#lib/platform/pg/db.ts';

export type RelatedRepository = {
  id: bigint;
  /** The primary alias. */
  alias: string;
  name: string;
  description: string;
  logoId: string | null;
  pullCount: number;
};

/** Repositories of one publisher that are compared. Bounded, because some publishers have thousands. */
const MAX_COMPARED = 200;

/** Lists a publisher's most pulled repositories in the gallery, without one of them. */
export async function listOfPublisher(
  db: DbOrTx,
  { registryKey, except, limit }: { registryKey: bigint; except: bigint; limit: number },
): Promise<RelatedRepository[]> {
  return db.$queryRaw`
    SELECT s.repository_id AS id, s.primary_alias AS alias, s.name, s.description, s.logo_id::text AS "logoId",
           s.pull_count::float8 AS "pullCount"
      FROM (SELECT id FROM repositories WHERE registry_id = ${registryKey} AND id <> ${except} LIMIT ${MAX_COMPARED}) r
      JOIN search_repositories s ON s.repository_id = r.id
     ORDER BY s.pull_count DESC, s.repository_id LIMIT ${limit}`;
}

/** Lists the ids of a category's most pulled repositories in the gallery. Takes milliseconds per thousand of them. */
export async function listPopularIds(
  db: DbOrTx,
  { category, limit }: { category: string; limit: number },
): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ id: bigint }[]>`
    SELECT s.repository_id AS id FROM repositories r JOIN search_repositories s ON s.repository_id = r.id
     WHERE r.categories @> ARRAY[${category}]::text[] ORDER BY s.pull_count DESC, s.repository_id LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** Loads those of the repositories that are in the gallery now, most pulled first. */
export async function loadRelated(db: DbOrTx, ids: bigint[]): Promise<RelatedRepository[]> {
  return db.$queryRaw`
    SELECT s.repository_id AS id, s.primary_alias AS alias, s.name, s.description, s.logo_id::text AS "logoId",
           s.pull_count::float8 AS "pullCount"
      FROM search_repositories s WHERE s.repository_id = ANY (${ids}::bigint[])
     ORDER BY s.pull_count DESC, s.repository_id`;
}
