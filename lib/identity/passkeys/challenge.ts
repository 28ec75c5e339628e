// WebAuthn challenges. They are signed instead of stored, so that visitors of the sign-in page cause no writes, and
// remembered when used, because a challenge is valid once (https://www.w3.org/TR/webauthn-3/#sctn-cryptographic-challenges).
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { hashSecret } from '#lib/identity/credentials/secrets.ts';

const TTL_MS = 10 * 60_000;
const EXPIRY_BYTES = 6;
const NONCE_BYTES = 16;
const BODY_BYTES = EXPIRY_BYTES + NONCE_BYTES;

export type ChallengePurpose = {
  action: 'sign-in' | 'second-factor' | 'register';
  /** Null before sign-in. */
  userId: string | null;
};

export function createChallenge(key: Uint8Array, purpose: ChallengePurpose): Buffer<ArrayBuffer> {
  const body = Buffer.alloc(BODY_BYTES);
  body.writeUIntBE(Date.now() + TTL_MS, 0, EXPIRY_BYTES);
  randomBytes(NONCE_BYTES).copy(body, EXPIRY_BYTES);
  return Buffer.concat([body, sign(key, purpose, body)]);
}

/** Uses up a challenge in base64url. Returns whether it was valid for this purpose. */
export async function spendChallenge(
  tx: DbOrTx,
  key: Uint8Array,
  { challenge, ...purpose }: ChallengePurpose & { challenge: string },
): Promise<boolean> {
  const bytes = Buffer.from(challenge, 'base64url');
  const body = bytes.subarray(0, BODY_BYTES);
  const expected = sign(key, purpose, body);
  const given = bytes.subarray(BODY_BYTES);
  if (body.length < BODY_BYTES || given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const expiresAt = body.readUIntBE(0, EXPIRY_BYTES);
  if (expiresAt < Date.now()) return false;
  const used = { hash: hashSecret(bytes.toString('base64url')), expiresAt: new Date(expiresAt) };
  const { count } = await tx.usedChallenge.createMany({ data: [used], skipDuplicates: true });
  return count > 0;
}

function sign(key: Uint8Array, { action, userId }: ChallengePurpose, body: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([action, userId]))
    .update(body)
    .digest();
}
