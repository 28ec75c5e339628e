import { authorize } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getMember, lockMembers, requireOtherOwner, revokeInvitationsBy } from './member-store.ts';

export type RemoveMemberInput = { caller: UserCaller; registryKey: bigint; userId: string };

/** Removes a member. Their tokens lose access from the next request on. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function removeMember(app: { db: Db }, { caller, registryKey, userId }: RemoveMemberInput): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockMembers(tx, registryKey, caller);
    const { role: from, email } = await getMember(tx, { registryKey, userId });
    const asked = { action: 'vitrine:ManageMembers', registryKey, facts: { fromRole: from } } as const;
    await authorize({ db: tx }, { ...caller, ...asked });
    if (from === 'owner') await requireOtherOwner(tx, registryKey, userId);
    await tx.member.delete({ where: { registryKey_userId: { registryKey, userId } } });
    await revokeInvitationsBy(tx, registryKey, userId);
    const { displayName } = await tx.registry.findUniqueOrThrow({ where: { id: registryKey } });
    await recordChange(tx, {
      type: 'member.remove',
      caller,
      registryKey,
      resource: { name: email },
      before: { role: from },
      facts: { userId, registryName: displayName },
    });
  });
}
