import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { RegistryRole } from './schema.ts';

/** Null: no member. */
export async function findRole(
  app: { db: DbOrTx },
  { userId, registryKey }: { userId: string; registryKey: bigint },
): Promise<RegistryRole | null> {
  const member = await app.db.member.findUnique({
    where: { registryKey_userId: { registryKey, userId } },
    select: { role: true },
  });
  return member?.role ?? null;
}
