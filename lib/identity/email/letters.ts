// Mails of the account itself. None of them holds text that somebody else chose: whoever types an address in writes nothing to it.
import type { Config } from '#lib/platform/config/config.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Letter, Mailer } from '#lib/platform/net/mailer.ts';

export type LetterApp = { config: Config; mailer: Mailer | null; log: Log };

export const PROOF_TTL_HOURS = 24;

export function signUpLetter({ publicUrl }: Config, to: string, secret: string): Letter {
  const link = `${publicUrl}/signup/finish?secret=${secret}`;
  const text = `Somebody, probably you, wants an account on ${publicUrl} with this address.\n\nOpen this link within ${PROOF_TTL_HOURS} hours to choose a password and create it:\n${link}\n\nIf it wasn't you, ignore this mail. Nothing happens without the link.\n`;
  return { to, subject: 'Create your account', text };
}

/** To the holder of an account: a stranger, or they themselves, has typed their address in. */
export function takenLetter({ publicUrl }: Config, to: string): Letter {
  const text = `Somebody tried to sign up on ${publicUrl} with your address, or to move their account to it.\n\nYou have an account already, and nothing about it has changed. If it was you, sign in:\n${publicUrl}/signin\n\nIf it wasn't you, you need do nothing.\n`;
  return { to, subject: 'You already have an account', text };
}

export function confirmLetter({ publicUrl }: Config, to: string, secret: string): Letter {
  const link = `${publicUrl}/console/account/confirm?secret=${secret}`;
  const text = `Somebody, probably you, wants to use this address for their account on ${publicUrl}.\n\nOpen this link within ${PROOF_TTL_HOURS} hours, signed in to that account, to confirm it:\n${link}\n\nIf it wasn't you, ignore this mail. Nothing happens without the link.\n`;
  return { to, subject: 'Confirm your e-mail address', text };
}

export function changeAskedLetter({ publicUrl }: Config, to: string): Letter {
  const text = `Somebody, probably you, asked to move your account on ${publicUrl} to another e-mail address.\n\nThe account keeps this address until the new one is confirmed. If it wasn't you, change your password now, which also cancels the move:\n${publicUrl}/console/account\n`;
  return { to, subject: 'A new e-mail address for your account', text };
}

export function changedLetter({ publicUrl }: Config, to: string): Letter {
  const text = `Your account on ${publicUrl} has moved to another e-mail address. This one no longer belongs to it.\n\nIf it wasn't you, tell the operator of the site.\n`;
  return { to, subject: 'Your e-mail address has changed', text };
}

/** Not by a job: its row would keep the secret. @throws AppError `unavailable` when the mail server takes no mail */
export async function sendLetter(app: LetterApp & { mailer: Mailer }, letter: Letter): Promise<void> {
  try {
    await app.mailer.send(letter);
  } catch (error) {
    app.log.warn({ err: error, subject: letter.subject }, 'a mail could not be sent');
    throw new AppError('unavailable', 'The mail could not be sent. Check the address, and try again in a minute.');
  }
}

/** For what has happened whether or not the mail arrives. */
export async function trySendLetter(app: LetterApp, letter: Letter): Promise<void> {
  await app.mailer?.send(letter).catch((error: unknown) => {
    app.log.warn({ err: error, subject: letter.subject }, 'a mail could not be sent');
  });
}
