import { recordAudit } from '#lib/audit/record-audit.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';
import { passwordSchema, type Caller, type SessionUser } from './schema.ts';
import { toSessionUser } from './store.ts';

export type ChangePasswordInput = {
  caller: Caller;
  /** Null only for an account that has no password yet. */
  currentPassword: string | null;
  newPassword: string;
};

/** Ends every other session of the user: the caller's goes on with the session version that comes back. */
export async function changePassword(app: { db: Db }, input: ChangePasswordInput): Promise<SessionUser> {
  const { caller, currentPassword } = input;
  const newPassword = parseInput(passwordSchema, input.newPassword);
  const user = await app.db.user.findUniqueOrThrow({ where: { id: caller.actor.userId } });
  if (user.passwordHash !== null && !(await verifyPassword(currentPassword ?? '', user.passwordHash))) {
    const message = 'That is not your current password.';
    throw new AppError('invalid_input', message, { detail: { fieldErrors: { currentPassword: message } } });
  }
  const passwordHash = await hashPassword(newPassword);
  return app.db.$transaction(async (tx) => {
    const changed = await tx.user.update({
      where: { id: user.id },
      data: { passwordHash, sessionVersion: { increment: 1 } },
    });
    await recordAudit(tx, { caller, action: 'user.change-password', target: user.email });
    return toSessionUser(changed);
  });
}
