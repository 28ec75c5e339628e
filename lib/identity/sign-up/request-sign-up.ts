import type { IdentityConfig } from '#lib/identity/identity-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import {
  PROOF_TTL_HOURS,
  sendAccountEmail,
  signUpEmail,
  addressTakenEmail,
  type EmailApp,
} from '#lib/identity/email/account-emails.ts';
import { countProofMail, countSignUpAttempt } from './limit-sign-up.ts';
import { signUpRequestSchema } from '#lib/identity/schema.ts';
import { createLinkSecret, hashSecret } from '#lib/identity/credentials/secrets.ts';

export type RequestSignUpInput = { email: string; displayName: string; address: string | null };

/**
 * Mails a link that creates an account. A taken address has the same response and timing; its owner gets a different email.
 * Earlier links stay valid, so that a stranger can't revoke them by requesting another.
 * @throws AppError `forbidden` where sign-up is closed, `unsupported` without mail, `invalid_input`, `rate_limited`, `unavailable`
 */
export async function requestSignUp(
  app: EmailApp & { db: Db; config: IdentityConfig },
  input: RequestSignUpInput,
): Promise<void> {
  const { mailer, config } = app;
  if (!config.isSignUpOpen)
    throw new AppError('forbidden', 'Sign-up is closed. Ask the operator of this site for an account.');
  if (!mailer) throw new AppError('unsupported', "This site doesn't send email.");
  const { email, displayName } = parseInput(signUpRequestSchema, input);
  await countSignUpAttempt(app, input.address);
  await countProofMail(app, email, null);
  const secret = createLinkSecret();
  const isTaken = await app.db.$transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { email }, select: { emailProvenAt: true, disabledAt: true } });
    const expiresAt = new Date(Date.now() + PROOF_TTL_HOURS * 3_600_000);
    // Also written for a taken address, so that timing doesn't reveal it. That secret is never sent.
    await tx.emailProof.create({ data: { email, displayName, secretHash: hashSecret(secret), expiresAt } });
    return user !== null && (user.emailProvenAt !== null || user.disabledAt !== null);
  });
  await sendAccountEmail(
    { ...app, mailer },
    isTaken ? addressTakenEmail(config, email) : signUpEmail(config, email, secret),
  );
}
