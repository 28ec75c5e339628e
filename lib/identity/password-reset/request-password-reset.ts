import { z } from 'zod';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { networkOf } from '#lib/platform/http/client-network.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import {
  noResetEmail,
  passwordResetEmail,
  RESET_TTL_MINUTES,
  sendAccountEmail,
  type EmailApp,
  type NoReset,
} from '#lib/identity/email/account-emails.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import { attemptKey } from '#lib/identity/sessions/attempt-keys.ts';
import { countAttempt } from '#lib/identity/sessions/count-attempt.ts';
import { countProofMail } from '#lib/identity/sign-up/limit-sign-up.ts';
import { insertReset, resetUrl } from './reset-links.ts';

/** Requests per hour. Networks get more, because many people can share one. */
const REQUESTS_PER_ACCOUNT = 3;
const REQUESTS_PER_NETWORK = 20;

const inputSchema = z.object({ email: emailSchema });

export type RequestPasswordResetInput = { email: string; address: string | null };

/**
 * Mails a link that sets a new password. An address without an account has the same response, timing and limits, and gets
 * an email that says so.
 * @throws AppError `unsupported` without mail, `invalid_input`, `rate_limited`, `unavailable`
 */
export async function requestPasswordReset(
  app: EmailApp & { db: Db },
  { address, ...input }: RequestPasswordResetInput,
): Promise<void> {
  const { mailer, config, db } = app;
  if (!mailer) throw new AppError('unsupported', "This site doesn't send email. Ask an admin for a reset link.");
  const { email } = parseInput(inputSchema, input);
  if (address !== null) {
    const sentence = 'Too many reset links were requested from your network.';
    const key = attemptKey(`reset from ${networkOf(address)}`);
    await countAttempt(app, { key, limit: REQUESTS_PER_NETWORK, sentence });
  }
  await countProofMail(app, email, null);
  const user = await db.user.findUnique({
    where: { email },
    include: { oidcIdentities: { select: { subject: true }, take: 1 } },
  });
  // An account can change its address, but not its limit. Counted for unknown addresses too, so that both are limited alike.
  const key = attemptKey(`reset of ${user?.id ?? email}`);
  const sentence = 'Too many emails were requested for this address.';
  await countAttempt(app, { key, limit: REQUESTS_PER_ACCOUNT, sentence });
  const refusal = user ? findRefusal(user) : 'no_account';
  const userId = refusal === null ? (user?.id ?? null) : null;
  const { secret } = await insertReset(db, { userId, sentTo: email, ttlMinutes: RESET_TTL_MINUTES });
  const message =
    refusal === null
      ? passwordResetEmail(config, email, resetUrl(config, secret))
      : noResetEmail(config, email, refusal);
  await sendAccountEmail({ ...app, mailer }, message);
}

type Resettable = { disabledAt: Date | null; passwordHash: string | null; oidcIdentities: unknown[] };

/** A password must not bypass the identity provider, where the account may have been closed. */
function findRefusal({ disabledAt, passwordHash, oidcIdentities }: Resettable): NoReset | null {
  if (disabledAt !== null) return 'disabled';
  return passwordHash === null && oidcIdentities.length > 0 ? 'single_sign_on' : null;
}
