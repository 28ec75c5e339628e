import { recordAudit } from '#lib/audit/record-audit.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';
import { passwordSchema, type Caller } from './schema.ts';

export type ChangePasswordInput = {
  caller: Caller;
  /** Null only for an account that has no password yet. */
  currentPassword: string | null;
  newPassword: string;
  /** The session that goes on; every other one of the user ends. */
  keepSessionId: string | null;
};

/** @throws AppError `invalid_input` */
export async function changePassword(app: { db: Db }, input: ChangePasswordInput): Promise<void> {
  const { caller, currentPassword, keepSessionId } = input;
  const newPassword = parseInput(passwordSchema, input.newPassword);
  const user = await app.db.user.findUniqueOrThrow({ where: { id: caller.actor.userId } });
  if (user.passwordHash !== null && !(await verifyPassword(currentPassword ?? '', user.passwordHash))) {
    const message = 'That is not your current password.';
    throw new AppError('invalid_input', message, { detail: { fieldErrors: { currentPassword: message } } });
  }
  const passwordHash = await hashPassword(newPassword);
  await app.db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
    await tx.session.updateMany({
      where: { userId: user.id, revokedAt: null, ...(keepSessionId && { id: { not: keepSessionId } }) },
      data: { revokedAt: new Date() },
    });
    await recordAudit(tx, { caller, action: 'user.change-password', target: user.email });
  });
}
