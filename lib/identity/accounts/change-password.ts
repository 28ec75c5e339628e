import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { confirmIdentity, requireConfirmed } from './confirm-identity.ts';
import { endAccessTokens, endMailedLinks, endSessions } from './end-credentials.ts';
import { hashPassword } from './password-hash.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { passwordSchema } from '#lib/identity/schema.ts';

export type ChangePasswordInput = {
  caller: UserCaller;
  /** Null only for an account that has no password yet. */
  currentPassword: string | null;
  newPassword: string;
  /** The session to keep. All other sessions of the user end. */
  keepSessionId: string | null;
  /** Revokes access tokens too, because someone who knew the old password may have created them. */
  endsAccessTokens: boolean;
};

/** @throws AppError `invalid_input`; `forbidden` and `rate_limited` like confirmIdentity */
export async function changePassword(app: { db: Db }, input: ChangePasswordInput): Promise<void> {
  const { caller, currentPassword, keepSessionId, endsAccessTokens } = input;
  const newPassword = parseInput(passwordSchema, input.newPassword);
  requireAllowed({ ...caller, action: 'vitrine:ChangeSignIn' });
  const mark = await confirmIdentity(app, { caller, sessionId: keepSessionId, password: currentPassword });
  const passwordHash = await hashPassword(newPassword);
  const { userId } = caller.principal;
  await app.db.$transaction(async (tx) => {
    await requireConfirmed(tx, caller, mark);
    const { email } = await tx.user.update({ where: { id: userId }, data: { passwordHash } });
    await endSessions(tx, userId, keepSessionId);
    await endMailedLinks(tx, userId);
    if (endsAccessTokens) await endAccessTokens(tx, userId);
    await recordChange(tx, {
      caller,
      type: 'user.change-password',
      resource: { name: email },
      after: { endsAccessTokens },
    });
  });
}
