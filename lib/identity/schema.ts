// Input schemas for accounts. Browser-safe.
import { z } from 'zod';
import type { SiteRole } from '#lib/access/schema.ts';
import { oneLine } from '#lib/platform/one-line.ts';

export const MIN_PASSWORD_LENGTH = 10;
export const MAX_PASSWORD_LENGTH = 200;

export const emailSchema = z
  .string()
  .trim()
  .max(254, 'The email address is too long.')
  .pipe(z.email('Enter a valid email address.'))
  .transform((value) => value.toLowerCase());

export const passwordSchema = z
  .string()
  .min(MIN_PASSWORD_LENGTH, `Use at least ${MIN_PASSWORD_LENGTH} characters.`)
  .max(MAX_PASSWORD_LENGTH, `Use at most ${MAX_PASSWORD_LENGTH} characters.`);

export const displayNameSchema = oneLine(100, 'Use at most 100 characters.').min(1, 'Enter your name.');

export const signUpSchema = z.object({ email: emailSchema, password: passwordSchema, displayName: displayNameSchema });
/** If the address is proven by email, the password is set when finishing the sign-up. */
export const signUpRequestSchema = z.object({ email: emailSchema, displayName: displayNameSchema });
export const signUpFinishSchema = z.object({ password: passwordSchema, displayName: displayNameSchema });
export const signInSchema = z.object({ email: emailSchema, password: z.string().min(1).max(MAX_PASSWORD_LENGTH) });

export const MAX_TOKEN_DAYS = 365;

export const accessTokenSchema = z.object({
  name: oneLine(100, 'Use at most 100 characters.').min(1, 'Enter a name for the token.'),
  /** Validated individually by parseTokenScope. */
  scopes: z
    .array(z.string().trim().max(300))
    .min(1, 'Choose at least one scope.')
    .max(20, 'A token can have at most 20 scopes.'),
  expiresInDays: z
    .number()
    .int()
    .min(1, 'The token must be valid for at least 1 day.')
    .max(MAX_TOKEN_DAYS, `The token can be valid for at most ${MAX_TOKEN_DAYS} days.`)
    .nullable(),
});

/** A user who has just authenticated. Input of startSession. */
export type SessionUser = {
  userId: string;
  email: string;
  displayName: string;
  siteRole: SiteRole;
  /** The account's credential mark at the time (lock-account.ts). If it has changed since, no session starts. */
  credentialMark?: string;
};

export type SignInMethod = 'password' | 'link' | 'oidc' | 'passkey';

/** Messages on the sign-in page for users who authenticated with the identity provider but can't sign in. */
export const OIDC_REFUSALS = {
  no_email: "Your identity provider didn't share your email address, which is required to create an account.",
  email_unverified:
    "An account with your email address exists, but your identity provider hasn't verified that the address is yours.",
  second_factor:
    'The account with your email address has a second factor. Sign in to it first, then add single sign-on in the account’s security settings.',
  no_account: "You don't have an account. Ask the operator of this site to create one.",
  disabled: 'This account is disabled. Contact the operator of this site.',
} as const;
export type OidcRefusal = keyof typeof OIDC_REFUSALS;
