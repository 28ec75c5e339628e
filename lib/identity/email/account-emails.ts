// Account emails. They never contain user-supplied text, so that entering an address can't be used to send messages to it.
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { EmailMessage, Mailer } from '#lib/platform/net/mailer.ts';

export type EmailApp = { config: ServerConfig; mailer: Mailer | null; log: Log };

export const PROOF_TTL_HOURS = 24;
export const RESET_TTL_MINUTES = 60;

export function signUpEmail({ publicUrl }: ServerConfig, to: string, secret: string): EmailMessage {
  const link = `${publicUrl}/signup/finish?secret=${secret}`;
  const text = `Someone, probably you, asked to create an account on ${publicUrl} with this address.\n\nOpen this link within ${PROOF_TTL_HOURS} hours to choose a password and create the account:\n${link}\n\nIf this wasn't you, ignore this email. No account is created unless you open the link.\n`;
  return { to, subject: 'Create your account', text };
}

/** Tells the owner of an account that someone entered their address. */
export function addressTakenEmail({ publicUrl }: ServerConfig, to: string): EmailMessage {
  const text = `Someone tried to sign up on ${publicUrl} with your address, or to change their account's address to it.\n\nYou already have an account, and it hasn't changed. If this was you, sign in:\n${publicUrl}/signin\n\nIf this wasn't you, ignore this email.\n`;
  return { to, subject: 'You already have an account', text };
}

export function confirmationEmail({ publicUrl }: ServerConfig, to: string, secret: string): EmailMessage {
  const link = `${publicUrl}/console/account/confirm?secret=${secret}`;
  const text = `Someone, probably you, wants to use this address for their account on ${publicUrl}.\n\nTo confirm the address, sign in to that account and open this link within ${PROOF_TTL_HOURS} hours:\n${link}\n\nIf this wasn't you, ignore this email. The address isn't used unless you open the link.\n`;
  return { to, subject: 'Confirm your email address', text };
}

export function changeRequestedEmail({ publicUrl }: ServerConfig, to: string): EmailMessage {
  const text = `Someone, probably you, asked to change the email address of your account on ${publicUrl}.\n\nThe account keeps this address until the new one is confirmed. If this wasn't you, change your password now, which also cancels the change:\n${publicUrl}/console/account\n`;
  return { to, subject: 'Your email address is about to change', text };
}

export function addressChangedEmail({ publicUrl }: ServerConfig, to: string): EmailMessage {
  const text = `The email address of your account on ${publicUrl} has changed. This address no longer belongs to the account.\n\nIf this wasn't you, contact the operator of the site.\n`;
  return { to, subject: 'Your email address has changed', text };
}

export function passwordResetEmail({ publicUrl }: ServerConfig, to: string, link: string): EmailMessage {
  const text = `Someone, probably you, asked to reset the password of your account on ${publicUrl}.\n\nOpen this link within ${RESET_TTL_MINUTES} minutes to choose a new password:\n${link}\n\nIf this wasn't you, ignore this email. Your password hasn't changed.\n`;
  return { to, subject: 'Reset your password', text };
}

/** Answers a request for a reset link that can't be granted, so that the recipient knows how to go on. */
export function noResetEmail({ publicUrl }: ServerConfig, to: string, reason: NoReset): EmailMessage {
  const text = `Someone, probably you, asked to reset a password on ${publicUrl} with this address.\n\n${NO_RESET[reason]}\n\nIf this wasn't you, ignore this email.\n`;
  return { to, subject: 'Your password reset request', text };
}

export type NoReset = keyof typeof NO_RESET;
const NO_RESET = {
  no_account: 'No account uses this address. You may have signed up with another one.',
  disabled: 'The account with this address is disabled. Contact the operator of the site.',
  single_sign_on: 'Your account has no password, because you sign in by single sign-on.',
} as const;

/** Sends synchronously, because a job's row would store the secret. @throws AppError `unavailable` if the mail server fails */
export async function sendAccountEmail(app: EmailApp & { mailer: Mailer }, message: EmailMessage): Promise<void> {
  try {
    await app.mailer.send(message);
  } catch (error) {
    app.log.warn({ err: error, subject: message.subject }, 'failed to send email');
    throw new AppError('unavailable', "The email couldn't be sent. Check the address and try again in a minute.");
  }
}

/** Sends a notice about something that has already happened. Logs failures instead of throwing. */
export async function trySendAccountEmail(app: EmailApp, message: EmailMessage): Promise<void> {
  await app.mailer?.send(message).catch((error: unknown) => {
    app.log.warn({ err: error, subject: message.subject }, 'failed to send email');
  });
}
