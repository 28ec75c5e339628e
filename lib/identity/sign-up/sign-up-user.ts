import { recordChange } from '#lib/events/record-change.ts';
import type { Config } from '#lib/platform/config/config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { countSignUpAttempt, countSignUpEmail } from './limit-sign-up.ts';
import { hashPassword } from '#lib/identity/accounts/password-hash.ts';
import { signUpSchema, type SessionUser } from '#lib/identity/schema.ts';
import { insertUser, toSessionUser } from '#lib/identity/accounts/store.ts';

export type SignUpInput = { email: string; password: string; displayName: string; address: string | null };

/**
 * Signs up where no mail can be sent: the account works at once, and its address counts for nothing until it is proven otherwise.
 * @throws AppError `forbidden` where sign-up is closed or goes by mail, `invalid_input`, `rate_limited`, `name_taken`
 */
export async function signUpUser(app: { db: Db; config: Config }, input: SignUpInput): Promise<SessionUser> {
  if (!app.config.isSignUpOpen) {
    throw new AppError('forbidden', 'New accounts are made by the operator of this site.');
  }
  if (app.config.smtp) throw new AppError('forbidden', 'Sign up by the link that this site mails to you.');
  const { email, password, displayName } = parseInput(signUpSchema, input);
  await countSignUpAttempt(app, input.address);
  await countSignUpEmail(app, email);
  // Before the address is looked at: a taken one costs the same work.
  const passwordHash = await hashPassword(password);
  return app.db.$transaction(async (tx) => {
    const user = await insertUser(tx, { email, displayName, passwordHash, role: 'user', isEmailProven: false });
    const caller = {
      principal: { kind: 'user', userId: user.id, email } as const,
      context: { address: input.address, requestId: null },
    };
    await recordChange(tx, { caller, type: 'user.sign-up', resource: { name: email } });
    return toSessionUser(user);
  });
}
