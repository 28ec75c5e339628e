// Tokens for URLs that work without a sign-in, so the token itself must prove that the site issued it.
import { createHmac, timingSafeEqual } from 'node:crypto';

const UUID_HEX = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;
/** 128 bits are enough against guessing. */
const MAC_BYTES = 16;
const ID_BYTES = 16;

/** Signs a UUID. The token never expires. Use a key of its own for each purpose. */
export function signId(key: Uint8Array, uuid: string): string {
  const id = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  return Buffer.concat([id, sign(key, id)]).toString('base64url');
}

/** Returns the UUID, or null unless this site signed the token. */
export function readSignedId(key: Uint8Array, token: string): string | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== ID_BYTES + MAC_BYTES) return null;
  const [id, mac] = [bytes.subarray(0, ID_BYTES), bytes.subarray(ID_BYTES)];
  return timingSafeEqual(mac, sign(key, id)) ? id.toString('hex').replace(UUID_HEX, '$1-$2-$3-$4-$5') : null;
}

function sign(key: Uint8Array, id: Buffer): Buffer {
  return createHmac('sha256', key).update(id).digest().subarray(0, MAC_BYTES);
}
