import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import { AGE_DAYS, AGES, SIZE_BYTES, SIZE_LIMITS } from '#lib/search/schema.ts';

/** Counts only the largest groups, because publishers can invent any number of platforms and licences. */
const MAX_GROUPS = 5_000;

export type FacetGroup = {
  platforms: string[];
  categories: string[];
  licences: string[];
  base_system: string | null;
  kind: string;
  verified: boolean;
  signed: boolean;
  /** Index of the youngest of `AGES` that includes the group, or `AGES.length` when it is older. */
  age: number;
  /** Index of the smallest of `SIZE_LIMITS` that includes the group, or `SIZE_LIMITS.length` when it is larger or unknown. */
  size: number;
  count: number;
};

/**
 * Groups the matches by every facet, largest groups first. The planner overestimates the groups, because it takes age and
 * size for the columns they come from, and would sort all matches. `OFFSET 0` hides those columns from it.
 */
export async function listFacetGroups(db: DbOrTx, where: Prisma.Sql): Promise<FacetGroup[]> {
  return db.$queryRaw`
  SELECT *, count(*)::int AS count
    FROM (SELECT platforms, categories, licences, base_system, kind, verified, signed,
                 ${Prisma.raw(ageSql())} AS age, ${Prisma.raw(sizeSql())} AS size
            FROM search_repositories WHERE ${where} OFFSET 0) AS found
   GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY count DESC LIMIT ${MAX_GROUPS}`;
}

function ageSql(): string {
  const cases = AGES.map((age, at) => `WHEN pushed_at > now() - interval '${AGE_DAYS[age]} days' THEN ${at}`);
  return `CASE ${cases.join(' ')} ELSE ${AGES.length} END`;
}

function sizeSql(): string {
  const cases = SIZE_LIMITS.map((size, at) => `WHEN size_bytes <= ${SIZE_BYTES[size]} THEN ${at}`);
  return `CASE ${cases.join(' ')} ELSE ${SIZE_LIMITS.length} END`;
}
