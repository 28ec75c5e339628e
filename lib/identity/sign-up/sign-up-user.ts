import { recordChange } from '#lib/events/record-change.ts';
import type { IdentityConfig } from '#lib/identity/identity-config.ts';
import type { MailConfig } from '#lib/platform/net/mail-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { countSignUpAttempt, countSignUpEmail } from './limit-sign-up.ts';
import { hashPassword } from '#lib/identity/accounts/password-hash.ts';
import { signUpSchema, type SessionUser } from '#lib/identity/schema.ts';
import { insertUser, toSessionUser } from '#lib/identity/accounts/store.ts';

export type SignUpInput = { email: string; password: string; displayName: string; address: string | null };

/**
 * Signs up on a site without a mail server. The account works immediately, but its address is unproven.
 * @throws AppError `forbidden` if sign-up is closed or requires email, `invalid_input`, `rate_limited`, `name_taken`
 */
export async function signUpUser(
  app: { db: Db; config: IdentityConfig & MailConfig },
  input: SignUpInput,
): Promise<SessionUser> {
  if (!app.config.isSignUpOpen) {
    throw new AppError('forbidden', 'Sign-up is closed. Ask the operator of this site for an account.');
  }
  if (app.config.smtp) throw new AppError('forbidden', 'Sign up with the link that this site emails you.');
  const { email, password, displayName } = parseInput(signUpSchema, input);
  await countSignUpAttempt(app, input.address);
  await countSignUpEmail(app, email);
  // Hashed before the address is looked up, so that timing doesn't reveal whether it is taken.
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
