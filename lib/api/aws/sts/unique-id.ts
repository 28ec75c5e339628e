import { createHash } from 'node:crypto';
import { toIdCharacters } from '#lib/identity/access-keys/access-key-secret.ts';

const CHARACTERS = 17;

/** `AIDA` and 17 characters, which identify a user for good.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
export function uniqueUserId(userId: string): string {
  return `AIDA${uniqueCharacters(userId)}`;
}

/** `AROA` and 17 characters. */
export function uniqueRoleId(userId: string): string {
  return `AROA${uniqueCharacters(userId)}`;
}

function uniqueCharacters(userId: string): string {
  const bytes = createHash('sha256').update(userId).digest().subarray(0, CHARACTERS);
  return toIdCharacters(bytes);
}
