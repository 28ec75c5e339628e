import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Counts the members, robots, roles and teams of a registry that have each managed policy, by reference. */
export async function countAttachments(tx: DbOrTx, registryKey: bigint): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ reference: string; count: number }[]>`
    SELECT reference, count(*)::int AS count
      FROM (SELECT unnest(managed_policies) AS reference FROM members WHERE registry_id = ${registryKey}
            UNION ALL
            SELECT unnest(managed_policies) FROM teams WHERE registry_id = ${registryKey}) AS attached
     GROUP BY reference`;
  return new Map(rows.map(({ reference, count }) => [reference, count]));
}
