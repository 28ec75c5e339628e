import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { lockRegistriesOf } from './lock-account.sql.ts';

export type LeftRegistries = {
  /** How many the user left. */
  left: number;
  /** 12 digits each. The registries that have no other owner whose account works. */
  kept: string[];
};

/** Ends a user's memberships, except where they are the only owner. */
export async function leaveRegistries(
  tx: DbOrTx,
  { caller, userId, email }: { caller: Caller; userId: string; email: string },
): Promise<LeftRegistries> {
  await lockRegistriesOf(tx, userId);
  const memberships = await tx.member.findMany({
    where: { userId },
    select: { registryKey: true, role: true, registry: { select: { registryId: true, displayName: true } } },
    orderBy: { registryKey: 'asc' },
  });
  const result: LeftRegistries = { left: 0, kept: [] };
  for (const { registryKey, role, registry } of memberships) {
    const others = { registryKey, role: 'owner', userId: { not: userId }, user: { disabledAt: null } } as const;
    if (role === 'owner' && (await tx.member.count({ where: others })) === 0) {
      result.kept.push(registry.registryId);
      continue;
    }
    await tx.member.delete({ where: { registryKey_userId: { registryKey, userId } } });
    await recordChange(tx, {
      type: 'member.remove',
      caller,
      registryKey,
      resource: { name: email },
      before: { role },
      facts: { userId, registryName: registry.displayName },
    });
    result.left += 1;
  }
  return result;
}
