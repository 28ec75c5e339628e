// Second factors as pages show them. Browser-safe.
import { z } from 'zod';
import { oneLine } from '#lib/platform/one-line.ts';

export type FactorKind = 'totp' | 'passkey' | 'recovery_code';

export const MAX_PASSKEYS = 20;

export const passkeyNameSchema = oneLine(60, 'Use at most 60 characters.').min(1, 'Enter a name.');

/** What browsers answer (RegistrationResponseJSON and AuthenticationResponseJSON of WebAuthn), bounded. */
const base64url = z
  .string()
  .max(16_000)
  .regex(/^[\w-]*$/);
const credentialId = base64url.min(1).max(1_400);
const extensions = z.object({}).transform(() => ({}));

export const registrationResponseSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z
      .array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']))
      .max(10)
      .catch([]),
  }),
  clientExtensionResults: extensions,
});

export const assertionResponseSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.max(200).optional().catch(undefined),
  }),
  clientExtensionResults: extensions,
});

export type RegistrationResponse = z.output<typeof registrationResponseSchema>;
export type AssertionResponse = z.output<typeof assertionResponseSchema>;
