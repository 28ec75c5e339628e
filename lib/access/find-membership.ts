import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { Membership, Principal, RegistryRole } from './schema.ts';

/** What somebody is in a registry. Null: they are no user, and belong to none. */
export async function findMembership(
  app: { db: DbOrTx },
  { principal, registryKey }: { principal: Principal; registryKey: bigint },
): Promise<Membership | null> {
  if (principal.kind !== 'user') return null;
  return findMembershipOf(app, { userId: principal.userId, registryKey });
}

/** The same of any user, whoever asks. */
export async function findMembershipOf(
  app: { db: DbOrTx },
  { userId, registryKey }: { userId: string; registryKey: bigint },
): Promise<Membership | null> {
  // One query: every decision about a registry begins with it.
  const [row] = await app.db.$queryRaw<{ registryId: string; role: RegistryRole | null }[]>`
    SELECT g.registry_id AS "registryId", m.role FROM registries g
      LEFT JOIN members m ON m.registry_id = g.id AND m.user_id = ${userId}::uuid
     WHERE g.id = ${registryKey}`;
  return row ?? null;
}
