import { authorize } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { REGISTRY_ROLES, type UserCaller, type RegistryRole } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { z } from 'zod';
import { getMember, lockMembers, requireOtherOwner, revokeInvitationsBy } from './member-store.ts';

const roleSchema = z.enum(REGISTRY_ROLES);

export type ChangeMemberRoleInput = { caller: UserCaller; registryKey: bigint; userId: string; role: RegistryRole };

/** @throws AppError `invalid_input`, `not_found`, `forbidden`, `conflict` for the last owner */
export async function changeMemberRole(app: { db: Db }, input: ChangeMemberRoleInput): Promise<void> {
  const { caller, registryKey, userId } = input;
  const to = parseInput(roleSchema, input.role);
  await app.db.$transaction(async (tx) => {
    await lockMembers(tx, registryKey, caller);
    const { role: from, email } = await getMember(tx, { registryKey, userId });
    const asked = { action: 'vitrine:ManageMembers', registryKey, facts: { fromRole: from, toRole: to } } as const;
    await authorize({ db: tx }, { ...caller, ...asked });
    if (from === to) return;
    if (from === 'owner') await requireOtherOwner(tx, registryKey, userId);
    await tx.member.update({
      where: { registryKey_userId: { registryKey, userId } },
      data: { role: to, isByGroup: false },
    });
    await revokeInvitationsBy(tx, registryKey, userId);
    await recordChange(tx, {
      type: 'member.change-role',
      caller,
      registryKey,
      resource: { name: email },
      before: { role: from },
      after: { role: to, userId },
      facts: {},
    });
  });
}
