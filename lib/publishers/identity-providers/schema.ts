// Identity providers as forms and the API take them. Browser-safe.
import { z } from 'zod';
import { MAX_AUDIENCES, MAX_KEYS_LENGTH } from '#lib/identity/federation/schema.ts';
import { oneLine } from '#lib/platform/one-line.ts';

const MAX_ISSUER_LENGTH = 255;
const MAX_AUDIENCE_LENGTH = 255;

/** Compared with a token's `iss` character by character, so a slash at the end counts. */
export const issuerSchema = z
  .url({
    protocol: /^https?$/,
    error: 'Enter the address of the issuer, such as https://token.actions.githubusercontent.com.',
  })
  .max(MAX_ISSUER_LENGTH, `Use at most ${MAX_ISSUER_LENGTH} characters.`)
  .refine((text) => !/[?#@\s]/.test(text), 'The address of an issuer has no query, fragment or user name.');

export const identityProviderSchema = z.object({
  issuer: issuerSchema,
  audiences: z
    .array(oneLine(MAX_AUDIENCE_LENGTH).refine((text) => text !== '', 'An audience is empty.'))
    .min(1, 'Enter at least one audience. Tokens for anybody else are refused.')
    .max(MAX_AUDIENCES, `Enter at most ${MAX_AUDIENCES} audiences.`)
    .transform((audiences) => [...new Set(audiences)]),
  /** A JSON Web Key Set. Null if the issuer is asked for it. */
  keySet: z.string().max(MAX_KEYS_LENGTH, `Use at most ${MAX_KEYS_LENGTH} characters.`).nullable().default(null),
});

export type NewIdentityProvider = z.input<typeof identityProviderSchema>;
