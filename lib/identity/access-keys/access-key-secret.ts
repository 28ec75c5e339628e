// Ids and secrets of access keys. The shapes are those of AWS, because clients and secret scanners know them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
import { randomBytes } from 'node:crypto';
import { deriveFromMaster, type MasterKeys } from '#lib/keys/master-keys.ts';

/** `AKIA`: long-lived. `ASIA`: temporary, with a session token. */
export type AccessKeyKind = 'AKIA' | 'ASIA';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const RANDOM_CHARACTERS = 16;
const ACCESS_KEY_ID = /^A[KS]IA[A-Z2-7]{16}$/;
/** 40 characters of base64. */
const SECRET_BYTES = 30;

export function createAccessKeyId(kind: AccessKeyKind): string {
  return kind + toIdCharacters(randomBytes(RANDOM_CHARACTERS));
}

/** Returns a base32 character for each byte. */
export function toIdCharacters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => BASE32[byte % BASE32.length] ?? '').join('');
}

/** Takes anything, because the arguments of server actions come from clients. */
export function isAccessKeyId(value: unknown): value is string {
  return typeof value === 'string' && ACCESS_KEY_ID.test(value);
}

/** Derives the secret of a key. Null if its version of the master key isn't listed any more. */
export function deriveAccessKeySecret(
  keys: MasterKeys,
  { accessKeyId, keyVersion }: { accessKeyId: string; keyVersion: number },
): string | null {
  const bytes = deriveFromMaster(keys, keyVersion, `access-key ${accessKeyId}`, SECRET_BYTES);
  return bytes && bytes.toString('base64');
}
