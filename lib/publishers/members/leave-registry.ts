import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getMember, lockMembers, requireOtherOwner, revokeInvitationsBy } from './member-store.ts';

/** Removes the caller from a registry, unless they are its last owner. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function leaveRegistry(
  app: { db: Db },
  { caller, registryKey }: { caller: UserCaller; registryKey: bigint },
): Promise<void> {
  const { userId, email } = caller.principal;
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  await app.db.$transaction(async (tx) => {
    await lockMembers(tx, registryKey, caller);
    const { role } = await getMember(tx, { registryKey, userId });
    if (role === 'owner') await requireOtherOwner(tx, registryKey, userId);
    await tx.member.delete({ where: { registryKey_userId: { registryKey, userId } } });
    await revokeInvitationsBy(tx, registryKey, userId);
    await recordChange(tx, { caller, registryKey, type: 'member.leave', resource: { name: email }, before: { role } });
  });
}
