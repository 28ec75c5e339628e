// Verifies WebAuthn assertions: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { assertionResponseSchema } from '#lib/identity/factors/schema.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { spendChallenge } from './challenge.ts';
import { getRelyingParty } from './relying-party.ts';
import { decodeUserHandle } from './user-handle.ts';

export type PasskeyApp = {
  config: Pick<ServerConfig, 'publicUrl'>;
  authKeys: { challenge: Uint8Array };
};

type Verification = {
  /** A sign-in requires that the authenticator verified the user; a second factor only requires possession. */
  action: 'sign-in' | 'second-factor';
  /** The user whose passkey it must be; null if the passkey says who signs in. */
  userId: string | null;
  response: unknown;
};

/**
 * Verifies an assertion, uses up its challenge and updates the passkey. Returns the user.
 * @throws AppError `unauthenticated`, `unsupported` where browsers refuse passkeys
 */
export async function verifyPasskey(
  app: PasskeyApp,
  tx: DbOrTx,
  { action, userId, response: input }: Verification,
): Promise<{ userId: string }> {
  const party = getRelyingParty(app.config);
  const response = assertionResponseSchema.safeParse(input).data;
  if (!response) throw refused();
  const passkey = await tx.passkey.findUnique({ where: { credentialId: response.id } });
  const { userHandle } = response.response;
  const isOwn = userId === null ? userHandle !== undefined : passkey?.userId === userId;
  const isNamed = userHandle === undefined || decodeUserHandle(userHandle) === passkey?.userId;
  if (!passkey || !isOwn || !isNamed) throw refused();
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: (challenge) => spendChallenge(tx, app.authKeys.challenge, { action, userId, challenge }),
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: action === 'sign-in',
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: Number(passkey.counter),
    },
  }).catch((cause: unknown) => {
    throw refused(cause);
  });
  if (!verified.verified) throw refused();
  const { newCounter, credentialBackedUp } = verified.authenticationInfo;
  await tx.passkey.update({
    where: { id: passkey.id },
    data: { counter: newCounter, isSynced: credentialBackedUp, lastUsedAt: new Date() },
  });
  return { userId: passkey.userId };
}

function refused(cause?: unknown): AppError {
  return new AppError('unauthenticated', "This passkey isn't valid here, or the request took too long. Try again.", {
    cause,
  });
}
