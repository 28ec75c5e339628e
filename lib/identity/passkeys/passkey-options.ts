// Options for the browser's WebAuthn calls: https://www.w3.org/TR/webauthn-3/#sctn-credential-creation
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { createChallenge } from './challenge.ts';
import { getRelyingParty } from './relying-party.ts';
import { encodeUserHandle } from './user-handle.ts';
import type { PasskeyApp } from './verify-passkey.ts';

const PROMPT_TIMEOUT_MS = 5 * 60_000;

type Transport = 'ble' | 'cable' | 'hybrid' | 'internal' | 'nfc' | 'smart-card' | 'usb';

/** Asks for any passkey of this site. The passkey then says who signs in. @throws AppError `unsupported` */
export async function createSignInOptions(app: PasskeyApp): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: getRelyingParty(app.config).id,
    challenge: createChallenge(app.authKeys.challenge, { action: 'sign-in', userId: null }),
    userVerification: 'required',
    timeout: PROMPT_TIMEOUT_MS,
  });
}

/** Asks for one of the user's passkeys as second factor. @throws AppError `unsupported` */
export async function createSecondFactorOptions(
  app: PasskeyApp & { db: Db },
  { userId }: { userId: string },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: getRelyingParty(app.config).id,
    challenge: createChallenge(app.authKeys.challenge, { action: 'second-factor', userId }),
    allowCredentials: await listCredentials(app, userId),
    userVerification: 'preferred',
    timeout: PROMPT_TIMEOUT_MS,
  });
}

/** Asks for a new passkey that can sign in on its own, on a device without one. @throws AppError `unsupported` */
export async function createRegistrationOptions(
  app: PasskeyApp & { db: Db },
  { caller }: { caller: UserCaller },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { userId, email, displayName } = caller.principal;
  requireAllowed({ ...caller, action: 'vitrine:ChangeSignIn' });
  const { id, origin } = getRelyingParty(app.config);
  return generateRegistrationOptions({
    rpName: new URL(origin).host,
    rpID: id,
    userID: encodeUserHandle(userId),
    userName: email,
    userDisplayName: displayName,
    challenge: createChallenge(app.authKeys.challenge, { action: 'register', userId }),
    excludeCredentials: await listCredentials(app, userId),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    attestationType: 'none',
    timeout: PROMPT_TIMEOUT_MS,
  });
}

async function listCredentials(app: { db: Db }, userId: string): Promise<{ id: string; transports: Transport[] }[]> {
  const passkeys = await app.db.passkey.findMany({
    where: { userId },
    select: { credentialId: true, transports: true },
  });
  return passkeys.map(({ credentialId, transports }) => ({ id: credentialId, transports: transports as Transport[] }));
}
