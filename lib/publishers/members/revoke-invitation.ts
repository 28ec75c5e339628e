import { authorize } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';

export type RevokeInvitationInput = { caller: UserCaller; registryKey: bigint; id: string };

/** @throws AppError `not_found`, `forbidden` */
export async function revokeInvitation(app: { db: Db }, input: RevokeInvitationInput): Promise<void> {
  const { caller, registryKey, id } = input;
  if (!z.uuid().safeParse(id).success) throw unknownInvitation();
  await app.db.$transaction(async (tx) => {
    const open = { id, registryKey, acceptedAt: null, revokedAt: null };
    const invitation = await tx.invitation.findFirst({ where: open });
    if (!invitation) throw unknownInvitation();
    const asked = { action: 'vitrine:ManageMembers', registryKey, facts: { toRole: invitation.role } } as const;
    await authorize({ db: tx }, { ...caller, ...asked });
    const { count } = await tx.invitation.updateMany({ where: open, data: { revokedAt: new Date() } });
    if (count === 0) throw unknownInvitation();
    await recordChange(tx, {
      type: 'invitation.revoke',
      caller,
      registryKey,
      resource: { name: invitation.email },
      before: { role: invitation.role },
    });
  });
}

function unknownInvitation(): AppError {
  return new AppError('not_found', 'Invitation not found, or no longer open.');
}
