import { recordAudit } from '#lib/audit/record-audit.ts';
import type { Config } from '#lib/platform/config.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { countSignUpAttempt } from './limit-sign-up.ts';
import { hashPassword } from './password-hash.ts';
import { signUpSchema, type SessionUser } from './schema.ts';
import { insertUser, toSessionUser } from './store.ts';

export type SignUpInput = { email: string; password: string; displayName: string; address: string | null };

/** @throws AppError `forbidden` where sign-up is closed, `invalid_input`, `rate_limited`, `name_taken` */
export async function signUpUser(app: { db: Db; config: Config }, input: SignUpInput): Promise<SessionUser> {
  if (!app.config.isSignUpOpen) {
    throw new AppError('forbidden', 'New accounts are made by the operator of this site.');
  }
  const { email, password, displayName } = parseInput(signUpSchema, input);
  await countSignUpAttempt(app, input.address);
  const passwordHash = await hashPassword(password);
  return app.db.$transaction(async (tx) => {
    const user = await insertUser(tx, { email, displayName, passwordHash, role: 'user' });
    const caller = { actor: { userId: user.id, email }, address: input.address, requestId: null };
    await recordAudit(tx, { caller, action: 'user.sign-up', target: email });
    return toSessionUser(user);
  });
}
