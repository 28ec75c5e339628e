import { createTransport } from 'nodemailer';
import type { SmtpConfig } from './mail-config.ts';

const TIMEOUT_MS = 10_000;

export type EmailMessage = {
  to: string;
  subject: string;
  text: string;
  /** Reuse it when resending. Defaults to a new one for each email. */
  messageId?: string;
  /** Ends these emails by a POST without cookies (RFC 8058), and shows a page for a GET. */
  unsubscribeUrl?: string;
};

/** `send` rejects if the mail server doesn't accept the email. */
export type Mailer = { send: (message: EmailMessage) => Promise<void> };

/** `verify` rejects if the mail server can't be reached or refuses the login. */
export type SmtpMailer = Mailer & { verify: () => Promise<void> };

/** Sends plain text only, so that content can't be interpreted as HTML. */
export function createMailer({ url, from }: SmtpConfig): SmtpMailer {
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  const address = new URL(url);
  const transport = createTransport({
    host: address.hostname,
    port: Number(address.port || (address.protocol === 'smtps:' ? 465 : 587)),
    secure: address.protocol === 'smtps:',
    ...(address.username && {
      auth: { user: decodeURIComponent(address.username), pass: decodeURIComponent(address.password) },
    }),
    ...timeouts,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    verify: async () => void (await transport.verify()),
    send: async ({ to, subject, text, messageId, unsubscribeUrl }) => {
      const headers = {
        'List-Unsubscribe': `<${unsubscribeUrl}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      };
      await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        ...(messageId && { messageId }),
        ...(unsubscribeUrl && { headers }),
      });
    },
  };
}
