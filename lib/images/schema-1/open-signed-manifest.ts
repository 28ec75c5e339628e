// Schema 1 manifests are signed as JSON Web Signatures that are folded into the document they sign, as libtrust does:
// https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-1.md#signed-manifests
// A signature proves that the document is whole. It proves nobody's identity, because the key comes with it.
import { createHash, createPublicKey, verify, X509Certificate, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** Verifying one takes up to a millisecond. Docker writes one, and nobody needs more than a few. */
const MAX_SIGNATURES = 8;
const MAX_TAIL_BYTES = 1_024;
const KEY_ID_BYTES = 30;
const KEY_ID_GROUP = 4;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** What a curve or key type may sign with. Neither `none` nor a shared secret is among them. */
const ALGORITHMS: Record<string, { hash: string; keyType: 'ec' | 'rsa'; curve?: string }> = {
  ES256: { hash: 'sha256', keyType: 'ec', curve: 'prime256v1' },
  ES384: { hash: 'sha384', keyType: 'ec', curve: 'secp384r1' },
  ES512: { hash: 'sha512', keyType: 'ec', curve: 'secp521r1' },
  RS256: { hash: 'sha256', keyType: 'rsa' },
  RS384: { hash: 'sha384', keyType: 'rsa' },
  RS512: { hash: 'sha512', keyType: 'rsa' },
};

const encoded = z.string().regex(BASE64URL);

const signatureSchema = z.looseObject({
  header: z.looseObject({
    alg: z.string(),
    jwk: z.looseObject({ kty: z.enum(['EC', 'RSA']), kid: z.string().nullish() }).nullish(),
    x5c: z.array(z.base64()).nonempty().nullish(),
  }),
  signature: encoded,
  protected: encoded,
});

const signaturesSchema = z.array(signatureSchema).min(1).max(MAX_SIGNATURES);

const protectedSchema = z.looseObject({ formatLength: z.int().positive(), formatTail: encoded });

type Signature = z.output<typeof signatureSchema>;

/** The bytes that were signed, whose digest is that of the manifest. `problem` is a sentence to show the client. */
export type SignedManifest =
  { payload: Buffer; problem?: never } | { payload?: never; problem: string; isUnsigned: boolean };

/** Takes the signatures of a schema 1 document off and verifies all of them. */
export function openSignedManifest(bytes: Buffer): SignedManifest {
  const document = readObject(bytes);
  const listed: unknown = document?.['signatures'];
  if (!document || listed === undefined) return { problem: 'The manifest has no signatures.', isUnsigned: true };
  const refuse = (problem: string) => ({ problem, isUnsigned: false });
  const signatures = signaturesSchema.safeParse(listed).data;
  if (!signatures)
    return refuse(`The manifest’s signatures must be a list of 1 to ${MAX_SIGNATURES} JSON Web Signatures.`);
  const payload = cutPayload(bytes, signatures);
  if (!payload) return refuse('The manifest’s signatures don’t say which bytes they cover.');
  if (!covers(payload, document)) return refuse('The manifest has fields that its signatures don’t cover.');
  if (!signatures.every((signature) => isValid(signature, payload)))
    return refuse('A signature doesn’t match the manifest.');
  return { payload };
}

/** Null unless all signatures name the same bytes, and these end as a JSON object does. */
function cutPayload(bytes: Buffer, signatures: Signature[]): Buffer | null {
  const cuts = signatures.map((signature) => {
    const header = readObject(Buffer.from(signature.protected, 'base64url'));
    return protectedSchema.safeParse(header).data;
  });
  const [first] = cuts;
  if (!first || first.formatLength > bytes.length) return null;
  const { formatLength, formatTail } = first;
  if (cuts.some((cut) => cut?.formatLength !== formatLength || cut.formatTail !== formatTail)) return null;
  const tail = Buffer.from(formatTail, 'base64url');
  if (tail.length > MAX_TAIL_BYTES || !/^\s*\}\s*$/.test(tail.toString('latin1'))) return null;
  return Buffer.concat([bytes.subarray(0, formatLength), tail]);
}

/** Whoever reads the whole document must see what the signers saw. */
function covers(payload: Buffer, document: Record<string, unknown>): boolean {
  const signed = readObject(payload);
  if (!signed) return false;
  const { signatures, ...rest } = document;
  return signatures !== undefined && JSON.stringify(rest) === JSON.stringify(signed);
}

function isValid({ header, signature, protected: claims }: Signature, payload: Buffer): boolean {
  const algorithm = Object.hasOwn(ALGORITHMS, header.alg) ? ALGORITHMS[header.alg] : undefined;
  const key = readKey(header);
  if (!algorithm || !key || key.asymmetricKeyType !== algorithm.keyType) return false;
  if (algorithm.curve && key.asymmetricKeyDetails?.namedCurve !== algorithm.curve) return false;
  if (header.jwk?.kid && header.jwk.kid !== libtrustKeyId(key)) return false;
  const signed = Buffer.from(`${claims}.${payload.toString('base64url')}`);
  // ECDSA signatures are r and s side by side (RFC 7518 §3.4). The option means nothing for RSA.
  return verify(algorithm.hash, signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
}

function readKey({ x5c, jwk }: Signature['header']): KeyObject | null {
  try {
    const [leaf] = x5c ?? [];
    if (leaf !== undefined) return new X509Certificate(Buffer.from(leaf, 'base64')).publicKey;
    return jwk ? createPublicKey({ key: jwk, format: 'jwk' }) : null;
  } catch {
    return null;
  }
}

/** The name that libtrust gives to a key: the start of the hash of its DER form, in base32, in groups of four. */
export function libtrustKeyId(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  const hash = createHash('sha256').update(der).digest().subarray(0, KEY_ID_BYTES);
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = (bits.match(/.{5}/g) ?? []).map((group) => BASE32[Number.parseInt(group, 2)]).join('');
  return (letters.match(new RegExp(`.{${KEY_ID_GROUP}}`, 'g')) ?? []).join(':');
}

function readObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
