import type { IdentityConfig } from '#lib/identity/identity-config.ts';
import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Mailer } from '#lib/platform/net/mailer.ts';
import { invalidField, parseInput } from '#lib/platform/parse-input.ts';
import { z } from 'zod';
import { confirmIdentity, requireConfirmed } from '#lib/identity/accounts/confirm-identity.ts';
import {
  changeRequestedEmail,
  confirmationEmail,
  PROOF_TTL_HOURS,
  sendAccountEmail,
  addressTakenEmail,
  trySendAccountEmail,
  type EmailApp,
} from './account-emails.ts';
import { countProofMail, countSignUpEmail } from '#lib/identity/sign-up/limit-sign-up.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import { createLinkSecret, hashSecret } from '#lib/identity/credentials/secrets.ts';
import { emailTaken } from '#lib/identity/accounts/store.ts';

const inputSchema = z.object({ email: emailSchema });

export type ChangeEmailInput = {
  caller: UserCaller;
  sessionId: string | null;
  email: string;
  /** Null for an account without a password. */
  currentPassword: string | null;
};

export type ChangedEmail = 'changed' | 'mailed';

type ChangeEmailApp = EmailApp & { db: Db; config: IdentityConfig };

/**
 * Changes an account's address. With a mail server, the change takes effect when the new address is proven by a mailed link.
 * The response doesn't reveal whether the address is taken. Without a mail server, the change is immediate but unproven.
 * @throws AppError `invalid_input`, `name_taken`, `rate_limited`, `unavailable`, and those of confirmIdentity
 */
export async function changeEmail(app: ChangeEmailApp, input: ChangeEmailInput): Promise<ChangedEmail> {
  const { caller, sessionId, currentPassword } = input;
  const { email } = parseInput(inputSchema, input);
  requireAllowed({ ...caller, action: 'vitrine:ChangeSignIn' });
  const current = await app.db.user.findUniqueOrThrow({ where: { id: caller.principal.userId } });
  if (email === current.email) throw invalidField('email', 'Your account already uses this address.');
  const mark = await confirmIdentity(app, { caller, sessionId, password: currentPassword });
  if (!app.mailer) {
    await changeAtOnce(app, { caller, email, mark });
    return 'changed';
  }
  await mailProof({ ...app, mailer: app.mailer }, { userId: current.id, email });
  await recordChange(app.db, {
    caller,
    type: 'user.ask-change-email',
    resource: { name: current.email },
    after: { email },
  });
  if (current.emailProvenAt) await trySendAccountEmail(app, changeRequestedEmail(app.config, current.email));
  return 'mailed';
}

/** Mails a link that proves an address for a user and revokes their earlier links. @throws AppError `rate_limited`, `unavailable` */
export async function mailProof(
  app: EmailApp & { db: Db; mailer: Mailer },
  { userId, email }: { userId: string; email: string },
): Promise<void> {
  await countProofMail(app, email, userId);
  const secret = createLinkSecret();
  const isTaken = await app.db.$transaction(async (tx) => {
    await tx.emailProof.deleteMany({ where: { userId, usedAt: null } });
    const expiresAt = new Date(Date.now() + PROOF_TTL_HOURS * 3_600_000);
    await tx.emailProof.create({ data: { userId, email, secretHash: hashSecret(secret), expiresAt } });
    return (await tx.user.count({ where: { email, id: { not: userId }, emailProvenAt: { not: null } } })) > 0;
  });
  await sendAccountEmail(
    app,
    isTaken ? addressTakenEmail(app.config, email) : confirmationEmail(app.config, email, secret),
  );
}

/** Changes the address without proof. An admin's own address counts as proven. */
async function changeAtOnce(
  app: ChangeEmailApp,
  { caller, email, mark }: { caller: UserCaller; email: string; mark: string },
): Promise<void> {
  await countSignUpEmail(app, email);
  const emailProvenAt = isAllowed({ ...caller, action: 'vitrine:ManageUsers' }) ? new Date() : null;
  await app.db.$transaction(async (tx) => {
    const { principal } = caller;
    await requireConfirmed(tx, caller, mark);
    await tx.user
      .update({ where: { id: principal.userId }, data: { email, emailProvenAt } })
      .catch((cause: unknown) => {
        throw emailTaken(cause);
      });
    const change = { before: { email: principal.email }, after: { email } };
    await recordChange(tx, { caller, type: 'user.change-email', resource: { name: principal.email }, ...change });
  });
}
