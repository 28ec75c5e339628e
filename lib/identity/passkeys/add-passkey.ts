// https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { z } from 'zod';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { addFactor, changeFactors } from '#lib/identity/factors/change-factors.ts';
import { MAX_PASSKEYS, passkeyNameSchema, registrationResponseSchema } from '#lib/identity/factors/schema.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { spendChallenge } from './challenge.ts';
import { getRelyingParty } from './relying-party.ts';
import type { PasskeyApp } from './verify-passkey.ts';

const inputSchema = z.object({ name: passkeyNameSchema });

export type AddPasskeyInput = {
  caller: UserCaller;
  name: string;
  /** The browser's answer to createRegistrationOptions. */
  response: unknown;
};

/**
 * Adds a passkey to the caller's account.
 * @returns recovery codes if this is the user's first factor
 * @throws AppError `invalid_input`, `conflict`, `forbidden`, `unsupported` where browsers refuse passkeys
 */
export async function addPasskey(
  app: PasskeyApp & { db: Db },
  { caller, response: answer, ...input }: AddPasskeyInput,
): Promise<{ recoveryCodes: string[] | null }> {
  const { userId, email } = caller.principal;
  const { name } = parseInput(inputSchema, input);
  const party = getRelyingParty(app.config);
  const response = registrationResponseSchema.safeParse(answer).data;
  if (!response) throw invalid();
  const recoveryCodes = await changeFactors(app, caller, async (tx) => {
    if ((await tx.passkey.count({ where: { userId } })) >= MAX_PASSKEYS) {
      throw new AppError('conflict', `An account can have at most ${MAX_PASSKEYS} passkeys. Remove one first.`);
    }
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: (challenge) =>
        spendChallenge(tx, app.authKeys.challenge, { action: 'register', userId, challenge }),
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
    }).catch((cause: unknown) => {
      throw invalid(cause);
    });
    if (!verified) throw invalid();
    const { credential, credentialBackedUp } = registrationInfo;
    const codes = await addFactor(tx, caller, async () => {
      const data = {
        userId,
        name,
        credentialId: credential.id,
        publicKey: credential.publicKey,
        counter: credential.counter,
        transports: response.response.transports,
        isSynced: credentialBackedUp,
      };
      await tx.passkey.create({ data });
    });
    await recordChange(tx, {
      caller,
      type: 'factor.add-passkey',
      resource: { name: email },
      after: { name },
      facts: { userId },
    });
    return codes;
  }).catch((error: unknown) => {
    throw errorCode(error) === 'P2002' ? new AppError('conflict', 'This passkey is already registered.') : error;
  });
  return { recoveryCodes };
}

function invalid(cause?: unknown): AppError {
  const message = "The browser's answer isn't valid, or it took too long. Try again.";
  return new AppError('invalid_input', message, { cause });
}
