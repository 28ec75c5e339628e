import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { Membership, RegistryRole } from './schema.ts';

/** Finds a given user's membership in a registry. */
export async function findMembershipOf(
  app: { db: DbOrTx },
  { userId, registryKey }: { userId: string; registryKey: bigint },
): Promise<Membership | null> {
  // A single query, because every decision about a registry starts with it.
  const [row] = await app.db.$queryRaw<{ registryId: string; role: RegistryRole | null }[]>`
    SELECT g.registry_id AS "registryId", m.role FROM registries g
      LEFT JOIN members m ON m.registry_id = g.id AND m.user_id = ${userId}::uuid
     WHERE g.id = ${registryKey}`;
  return row ?? null;
}
