// Encrypts secrets that must be readable, such as an upstream's password, with AES-256-GCM (NIST SP 800-38D).
//
// Format: 1 byte version · 12 bytes nonce · 16 bytes tag · ciphertext
import { createCipheriv, createDecipheriv, randomBytes, type CipherKey } from 'node:crypto';
import { AppError } from './errors.ts';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/** Encrypts a secret with a 32-byte key. `context` binds it to a row, so that it can't be moved to another. */
export function sealSecret(key: CipherKey, context: string, secret: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ciphertext]);
}

/** @throws AppError `internal` if the key or context differs, or the bytes were altered */
export function openSecret(key: CipherKey, context: string, sealed: Uint8Array): string {
  try {
    const bytes = Buffer.from(sealed);
    if (bytes[0] !== VERSION || bytes.length < HEADER_BYTES) throw new TypeError('unknown format');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES));
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(1 + NONCE_BYTES, HEADER_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new AppError('internal', "A stored password can't be decrypted. Check whether AUTH_SECRET was changed.", {
      cause,
    });
  }
}
