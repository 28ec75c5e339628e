// What people type and choose about their accounts. Browser-safe.
import { z } from 'zod';
import type { SiteRole } from '#lib/access/schema.ts';
import { oneLine } from '#lib/platform/one-line.ts';

export const MIN_PASSWORD_LENGTH = 10;
export const MAX_PASSWORD_LENGTH = 200;

export const emailSchema = z
  .string()
  .trim()
  .max(254, 'That e-mail address is too long.')
  .pipe(z.email('That is not an e-mail address.'))
  .transform((value) => value.toLowerCase());

export const passwordSchema = z
  .string()
  .min(MIN_PASSWORD_LENGTH, `A password has at least ${MIN_PASSWORD_LENGTH} characters.`)
  .max(MAX_PASSWORD_LENGTH, `A password has at most ${MAX_PASSWORD_LENGTH} characters.`);

export const displayNameSchema = oneLine(100, 'A name has at most 100 characters.').min(1, 'Enter your name.');

export const signUpSchema = z.object({ email: emailSchema, password: passwordSchema, displayName: displayNameSchema });
/** Where the address is proven by mail, the password comes with the proof. */
export const signUpRequestSchema = z.object({ email: emailSchema, displayName: displayNameSchema });
export const signUpFinishSchema = z.object({ password: passwordSchema, displayName: displayNameSchema });
export const signInSchema = z.object({ email: emailSchema, password: z.string().min(1).max(MAX_PASSWORD_LENGTH) });

export const MAX_TOKEN_DAYS = 365;

export const accessTokenSchema = z.object({
  name: oneLine(100, 'A name has at most 100 characters.').min(1, 'Name the token, so that you know it again.'),
  /** Checked one by one by parseTokenScope. */
  scopes: z
    .array(z.string().trim().max(300))
    .min(1, 'Choose at least one scope.')
    .max(20, 'A token has at most 20 scopes.'),
  expiresInDays: z
    .number()
    .int()
    .min(1, 'A token lives for at least a day.')
    .max(MAX_TOKEN_DAYS, `A token lives for at most ${MAX_TOKEN_DAYS} days.`)
    .nullable(),
});

/** Who has just proved who they are; start-session.ts makes a session of it. */
export type SessionUser = {
  userId: string;
  email: string;
  displayName: string;
  siteRole: SiteRole;
  /** Of the account when they proved it (lock-account.ts). Changed since, it starts no session. */
  credentialMark?: string;
};

export type SignInMethod = 'password' | 'link' | 'oidc';

/** Why somebody whom the issuer knows is not let in, as the sign-in page says it. */
export const OIDC_REFUSALS = {
  no_email: 'The issuer does not tell your e-mail address, which an account here needs.',
  email_unverified:
    'There is an account with your e-mail address, and the issuer has not verified that the address is yours.',
  no_account: 'You have no account here, and new ones are made by the operator of this site.',
  disabled: 'This account is disabled: ask the operator of this site.',
} as const;
export type OidcRefusal = keyof typeof OIDC_REFUSALS;
