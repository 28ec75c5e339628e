// Secrets that are shown once and stored as a hash. Plain SHA-256 is enough because they are random.
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A recognisable prefix, so that secret scanners find leaked tokens. */
export const ACCESS_TOKEN_PREFIX = 'vtr_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_CHARACTERS = 36;
const CHECKSUM_CHARACTERS = 6;
const ACCESS_TOKEN = new RegExp(`^${ACCESS_TOKEN_PREFIX}[0-9A-Za-z]{${RANDOM_CHARACTERS + CHECKSUM_CHARACTERS}}$`);

/** Creates `vtr_`, 36 random characters (214 bits) and a checksum that distinguishes typos from unknown tokens. */
export function createAccessTokenSecret(): string {
  const body = randomText(RANDOM_CHARACTERS);
  return ACCESS_TOKEN_PREFIX + body + checksum(body);
}

export function looksLikeAccessToken(secret: string): boolean {
  if (!ACCESS_TOKEN.test(secret)) return false;
  const body = secret.slice(ACCESS_TOKEN_PREFIX.length, -CHECKSUM_CHARACTERS);
  return secret.endsWith(checksum(body));
}

export function createLinkSecret(): string {
  return randomText(RANDOM_CHARACTERS);
}

export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function randomText(length: number): string {
  let text = '';
  // Discard bytes of 248 and above, which would bias towards the start of the alphabet.
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += ALPHABET[byte % ALPHABET.length] ?? '';
    }
  }
  return text;
}

function checksum(body: string): string {
  let value = crc32(body);
  let text = '';
  for (let i = 0; i < CHECKSUM_CHARACTERS; i += 1) {
    text = (ALPHABET[value % ALPHABET.length] ?? '') + text;
    value = Math.floor(value / ALPHABET.length);
  }
  return text;
}
