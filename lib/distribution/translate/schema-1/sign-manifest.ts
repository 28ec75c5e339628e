import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { libtrustKeyId } from '#lib/images/schema-1/open-signed-manifest.ts';

const TAIL = /\s*\}\s*$/;

/** Signs a schema 1 payload, a JSON object, in the form that Docker writes, with a P-256 key. */
export function signManifest(payload: string, privateKey: KeyObject, time: Date): Buffer {
  const [tail] = TAIL.exec(payload) ?? [];
  if (tail === undefined) throw new TypeError('The payload must be a JSON object');
  const body = payload.slice(0, -tail.length);
  const key = createPublicKey(privateKey);
  const { crv, kty, x, y } = key.export({ format: 'jwk' });
  const claims = encode(
    JSON.stringify({
      formatLength: Buffer.byteLength(body),
      formatTail: encode(tail),
      time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    }),
  );
  const signed = Buffer.from(`${claims}.${encode(payload)}`);
  const signature = sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  const header = { jwk: { crv, kid: libtrustKeyId(key), kty, x, y }, alg: 'ES256' };
  const signatures = JSON.stringify([{ header, signature, protected: claims }], null, 3).replaceAll('\n', '\n   ');
  return Buffer.from(`${body},\n   "signatures": ${signatures}${tail}`);
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
