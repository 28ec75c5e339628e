import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import { AGE_DAYS, AGES } from '#lib/search/schema.ts';

/** Counts only the largest groups, because publishers can invent any number of platforms. */
const MAX_GROUPS = 5_000;

export type FacetGroup = {
  operating_systems: string[];
  architectures: string[];
  kind: string;
  verified: boolean;
  signed: boolean;
  /** Index of the youngest of `AGES` that includes the group, or `AGES.length` when it is older. */
  age: number;
  count: number;
};

/** Groups the matches by every facet, largest groups first. */
export async function listFacetGroups(db: DbOrTx, where: Prisma.Sql): Promise<FacetGroup[]> {
  return db.$queryRaw`
  SELECT operating_systems, architectures, kind, verified, signed,
         ${Prisma.raw(ageSql())} AS age, count(*)::int AS count
    FROM search_repositories WHERE ${where}
   GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY count DESC LIMIT ${MAX_GROUPS}`;
}

function ageSql(): string {
  const cases = AGES.map((age, at) => `WHEN pushed_at > now() - interval '${AGE_DAYS[age]} days' THEN ${at}`);
  return `CASE ${cases.join(' ')} ELSE ${AGES.length} END`;
}
