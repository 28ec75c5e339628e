import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { Membership, RegistryRole } from './schema.ts';

export type HomeColumns = { home_id: string | null; home_role: RegistryRole | null };

/**
 * Returns a query for the default registry of a user, as in lib/publishers/default-first.ts.
 * @param userId a parameter such as `$1`
 * @param condition whether it matters
 */
export function homeQuery(userId: string, condition: string): string {
  return `
    SELECT hg.registry_id AS home_id, h.role AS home_role FROM members h JOIN registries hg ON hg.id = h.registry_id
     WHERE h.user_id = ${userId}::uuid AND ${condition}
     ORDER BY h.is_default DESC, h.created_at, h.registry_id LIMIT 1`;
}

/** @param row what was found where `condition` held */
export function toMembership(
  { registryId, role }: Membership,
  { home_id: homeId, home_role: homeRole }: HomeColumns,
): Membership {
  if (role !== null) return { registryId, role };
  return {
    registryId,
    role,
    home: homeId !== null && homeRole !== null ? { registryId: homeId, role: homeRole } : null,
  };
}

const FIND_MEMBERSHIP = `
  SELECT g.registry_id AS "registryId", m.role, home.* FROM registries g
    LEFT JOIN members m ON m.registry_id = g.id AND m.user_id = $1::uuid
    LEFT JOIN LATERAL (${homeQuery('$1', 'm.role IS NULL')}) AS home ON true
   WHERE g.id = $2`;

/** Finds a given user's membership in a registry. */
export async function findMembershipOf(
  app: { db: DbOrTx },
  { userId, registryKey }: { userId: string; registryKey: bigint },
): Promise<Membership | null> {
  // A single query, because every decision about a registry starts with it.
  const rows = await app.db.$queryRawUnsafe<(Membership & HomeColumns)[]>(FIND_MEMBERSHIP, userId, registryKey);
  const [row] = rows;
  return row ? toMembership(row, row) : null;
}
