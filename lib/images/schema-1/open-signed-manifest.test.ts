import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSchema1Key } from '#lib/distribution/translate/schema-1/site-key.ts';
import { signManifest } from '#lib/distribution/translate/schema-1/sign-manifest.ts';
import { openSignedManifest } from './open-signed-manifest.ts';

const KEY = createSchema1Key(createHash('sha256').update('a test').digest());
const TIME = new Date('2016-01-02T03:04:05Z');
const DOCUMENT = { schemaVersion: 1, name: 'acme/tool', tag: 'v1', history: [{ v1Compatibility: '{"id":"é"}' }] };

type Signature = { header: Record<string, unknown>; signature: string; protected: string };
type Signed = typeof DOCUMENT & { signatures: Signature[] };

const sign = (indent?: number) => signManifest(JSON.stringify(DOCUMENT, null, indent), KEY, TIME);
const change = (edit: (signed: Signed) => void): Buffer => {
  const signed = JSON.parse(sign(3).toString()) as Signed;
  edit(signed);
  const { signatures, ...rest } = signed;
  const body = JSON.stringify(rest, null, 3).slice(0, -2);
  return Buffer.from(`${body},\n   "signatures": ${JSON.stringify(signatures)}\n}`);
};
const first = (signed: Signed) => signed.signatures[0] as Signature;

test.each([undefined, 1, 3])('gives back what was signed, indented by %s', (indent) => {
  const { payload } = openSignedManifest(sign(indent));
  expect(payload?.toString()).toBe(JSON.stringify(DOCUMENT, null, indent));
});

test('takes blanks after the document', () => {
  expect(openSignedManifest(Buffer.concat([sign(3), Buffer.from('\n')])).problem).toBeUndefined();
});

test.each<[string, (signed: Signed) => void]>([
  ['another name', (signed) => (signed.name = 'acme/evil')],
  ['a field that isn’t signed', (signed) => Object.assign(signed, { fsLayers: [] })],
  ['no signature in the list', (signed) => (signed.signatures = [])],
  ['too many signatures', (signed) => (signed.signatures = Array.from({ length: 9 }, () => first(signed)))],
  ['a second signature that is wrong', (signed) => signed.signatures.push({ ...first(signed), signature: 'AAAA' })],
  ['the algorithm none', (signed) => (first(signed).header['alg'] = 'none')],
  ['a shared secret', (signed) => (first(signed).header['alg'] = 'HS256')],
  ['a field of all objects as its algorithm', (signed) => (first(signed).header['alg'] = 'constructor')],
  ['an algorithm of another kind of key', (signed) => (first(signed).header['alg'] = 'RS256')],
  ['no key', (signed) => delete first(signed).header['jwk']],
  [
    'a key with the name of another',
    (signed) => Object.assign(first(signed).header['jwk'] as object, { kid: 'AAAA:BBBB' }),
  ],
  [
    'another key',
    (signed) => {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      first(signed).header['jwk'] = publicKey.export({ format: 'jwk' });
    },
  ],
  ['a private secret as its key', (signed) => (first(signed).header['jwk'] = { kty: 'oct', k: 'AAAA' })],
  ['claims that aren’t JSON', (signed) => (first(signed).protected = 'AAAA')],
  [
    'a length beyond the document',
    (signed) => {
      const claims = { formatLength: 1e9, formatTail: Buffer.from('}').toString('base64url') };
      first(signed).protected = Buffer.from(JSON.stringify(claims)).toString('base64url');
    },
  ],
  [
    'a tail with content',
    (signed) => {
      const claims = { formatLength: 1, formatTail: Buffer.from('"name":"x"}').toString('base64url') };
      first(signed).protected = Buffer.from(JSON.stringify(claims)).toString('base64url');
    },
  ],
])('refuses %s', (_what, edit) => {
  const opened = openSignedManifest(change(edit));
  expect(opened).toMatchObject({ isUnsigned: false });
  expect(opened.problem).toMatch(/\.$/);
});

test('the unchanged document passes', () => {
  expect(openSignedManifest(change(() => undefined)).problem).toBeUndefined();
});

test('refuses a second field of the same name, which readers might take for the signed one', () => {
  const text = sign(3).toString().replace(/\n\}$/, ',\n   "name": "acme/evil"\n}');
  expect(openSignedManifest(Buffer.from(text))).toMatchObject({ isUnsigned: false });
});

test.each(['', 'null', '[]', '{}', '{"signatures":', '\ufeff{}'])('%j has no signatures', (text) => {
  expect(openSignedManifest(Buffer.from(text))).toMatchObject({ isUnsigned: true });
});

test('a byte changed anywhere is noticed', () => {
  const signed = sign(3);
  const end = signed.indexOf('"header"');
  for (let at = 0; at < end; at += 7) {
    const bytes = Buffer.from(signed);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    expect(openSignedManifest(bytes).payload).toBeUndefined();
  }
});
