// Settings of email.
import { z } from 'zod';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';
import { AppError } from '#lib/platform/errors.ts';

export const MAIL_VARIABLES = {
  SMTP_URL: {
    schema: z.url({ protocol: /^smtps?$/, error: 'must look like smtp://USER:PASSWORD@HOST:587' }).optional(),
    doc: 'Mail server for notifications, digests, invitations and address confirmation',
    fallback: 'no email',
    isSecret: true,
  },
  SMTP_FROM: {
    schema: z
      .string()
      .regex(/^[^\r\n]*\S+@\S+[^\r\n]*$/, 'must contain an email address')
      .optional(),
    doc: 'Sender of email, such as Vitrine <gallery@example.org>',
    fallback: 'none',
  },
} as const satisfies Record<string, VariableRow>;

export type SmtpConfig = { url: string; from: string };

export type MailConfig = {
  /** Null: email is off. */
  smtp: SmtpConfig | null;
};

type Values = ValuesOf<typeof MAIL_VARIABLES>;

/** @throws AppError `invalid_input`, naming the variables */
export function readMailConfig(values: Values): MailConfig {
  return {
    smtp: readSmtp(values),
  };
}

function readSmtp({ SMTP_URL: url, SMTP_FROM: from }: Values): SmtpConfig | null {
  if (!url && !from) return null;
  if (url && from) return { url, from };
  throw new AppError('invalid_input', 'SMTP_URL and SMTP_FROM must be set together.');
}
