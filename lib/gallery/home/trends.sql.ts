import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Pulls of the last seven days, and the weekly average of the four weeks before. */
export type RisenRow = { repositoryId: bigint; week: number; before: number };

/** Lists repositories with more pulls than before, those that rose the most first (see `risenBy` in trends.ts). */
export async function listRisen(db: DbOrTx, limit: number): Promise<RisenRow[]> {
  return db.$queryRaw`
    WITH weeks AS (
      SELECT repository_id, coalesce(sum(count) FILTER (WHERE day > current_date - 7), 0)::float8 AS week,
             coalesce(sum(count) FILTER (WHERE day <= current_date - 7), 0)::float8 / 4 AS before
        FROM pull_counts WHERE day > current_date - 35 GROUP BY repository_id
    )
    SELECT repository_id AS "repositoryId", week, before
      FROM weeks JOIN search_repositories USING (repository_id)
     WHERE week > before
     ORDER BY (week - before) / sqrt(before + 10) DESC, repository_id LIMIT ${limit}`;
}

export type ClientDayRow = {
  repositoryId: bigint;
  actorId: string | null;
  address: string | null;
  pulls: number;
  /** How many rows of the log have these pulls. */
  rows: number;
};

/** Sums the newest `sample` rows of each repository in the log of pulls, by client and day of the last week. */
export async function sumPullsOfClients(
  db: DbOrTx,
  { repositoryIds, sample }: { repositoryIds: bigint[]; sample: number },
): Promise<ClientDayRow[]> {
  return db.$queryRaw`
    SELECT r.id AS "repositoryId", newest.actor_id AS "actorId", newest.address, sum(newest.count)::float8 AS pulls,
           count(*)::int AS rows
      FROM repositories r
     CROSS JOIN LATERAL (
       SELECT actor_id, address, at::date AS day, count FROM audit_pulls p
        WHERE p.registry_id = r.registry_id AND p.repository_name = r.name AND p.at > now() - interval '7 days'
        ORDER BY p.id DESC LIMIT ${sample}) AS newest
     WHERE r.id = ANY (${repositoryIds}) GROUP BY r.id, newest.actor_id, newest.address, newest.day`;
}
