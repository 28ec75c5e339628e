import { createECDH, createHash, createPrivateKey, type KeyObject } from 'node:crypto';

const CURVE = 'prime256v1';
const COORDINATE_BYTES = 32;

/**
 * Makes the key that signs schema 1 documents from a secret of the site, so that all processes have the same.
 * @param seed 32 random bytes
 */
export function createSchema1Key(seed: Uint8Array): KeyObject {
  const ecdh = createECDH(CURVE);
  try {
    ecdh.setPrivateKey(Buffer.from(seed));
  } catch {
    // One seed of 2^32 is above the order of the curve.
    return createSchema1Key(createHash('sha256').update(seed).digest());
  }
  const point = ecdh.getPublicKey().subarray(1);
  const x = point.subarray(0, COORDINATE_BYTES).toString('base64url');
  const y = point.subarray(COORDINATE_BYTES).toString('base64url');
  const d = Buffer.from(seed).toString('base64url');
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d }, format: 'jwk' });
}
