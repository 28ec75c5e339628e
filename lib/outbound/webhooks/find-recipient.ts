import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Returns the id of the member of the registry who has proven the address, or null. */
export async function findRecipient(
  db: DbOrTx,
  { registryKey, address }: { registryKey: bigint; address: string },
): Promise<string | null> {
  const user = await db.user.findFirst({
    where: {
      email: address.toLowerCase(),
      emailProvenAt: { not: null },
      disabledAt: null,
      members: { some: { registryKey } },
    },
    select: { id: true },
  });
  return user?.id ?? null;
}
