import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { Principal, RegistryRole } from './schema.ts';

/** What somebody is in a registry. Null: no member. */
export async function findRole(
  app: { db: DbOrTx },
  { principal, registryKey }: { principal: Principal; registryKey: bigint },
): Promise<RegistryRole | null> {
  if (principal.kind !== 'user') return null;
  return findMemberRole(app, { userId: principal.userId, registryKey });
}

/** The same of any user, whoever asks. */
export async function findMemberRole(
  app: { db: DbOrTx },
  { userId, registryKey }: { userId: string; registryKey: bigint },
): Promise<RegistryRole | null> {
  const member = await app.db.member.findUnique({
    where: { registryKey_userId: { registryKey, userId } },
    select: { role: true },
  });
  return member?.role ?? null;
}
