import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { RegistryRole } from './schema.ts';

/** Null: no member. */
export async function findRole(
  app: { db: DbOrTx },
  { userId, registryId }: { userId: string; registryId: bigint },
): Promise<RegistryRole | null> {
  const member = await app.db.member.findUnique({
    where: { registryId_userId: { registryId, userId } },
    select: { role: true },
  });
  return member?.role ?? null;
}
