import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import type { Db } from '#lib/platform/pg/db.ts';

/** Makes a registry the one that the caller's console shows first. @throws AppError `forbidden` unless they are a member */
export async function makeRegistryDefault(
  app: { db: Db },
  { caller, registryKey }: { caller: UserCaller; registryKey: bigint },
): Promise<void> {
  const { principal } = caller;
  const { userId } = principal;
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  await app.db.$transaction(async (tx) => {
    await lockAccount(tx, userId);
    const membership = await findMembership({ db: tx }, { principal, registryKey });
    requireAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership });
    await tx.member.updateMany({
      where: { userId, isDefault: true, registryKey: { not: registryKey } },
      data: { isDefault: false },
    });
    const { count } = await tx.member.updateMany({
      where: { userId, registryKey, isDefault: false },
      data: { isDefault: true },
    });
    if (count === 0 || !membership) return;
    // Of no concern to the registry's other members.
    await recordChange(tx, { caller, type: 'registry.make-default', resource: { name: membership.registryId } });
  });
}
