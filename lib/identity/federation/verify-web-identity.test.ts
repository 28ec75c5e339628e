import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSigningKey, startTestIssuer, type TestIssuer } from '#lib/testing/servers/test-issuer.ts';
import { createIssuerKeys, parseKeySet, type FetchFile } from './issuer-keys.ts';
import { verifyWebIdentity } from './verify-web-identity.ts';

const AUDIENCE = 'vitrine.example';
let at: TestIssuer;
let now: number;
beforeEach(async () => {
  at = await startTestIssuer(AUDIENCE);
  now = Date.now();
});
afterEach(() => at.close());

const fetchFile: FetchFile = async ({ url, signal }) => {
  const response = await fetch(url, { signal, redirect: 'error' });
  return response.ok ? Buffer.from(await response.arrayBuffer()) : null;
};

function open() {
  const keys = createIssuerKeys({ fetchFile, clock: () => now });
  const providers = [{ issuer: at.issuer, audiences: [AUDIENCE, 'other.example'], keySet: null as string | null }];
  const check = (token: string, trusted = providers) => verifyWebIdentity(keys, { token, providers: trusted });
  return { check, providers };
}

test('returns the claims of a good token and asks its issuer once', async () => {
  const { check } = open();
  const token = await at.sign({ repository_id: '42' });
  const [identity] = await Promise.all([check(token), check(token)]);
  expect(identity).toMatchObject({ issuer: at.issuer, subject: 'workload', audience: AUDIENCE });
  expect(identity.claims).toMatchObject({ repository_id: '42' });
  await check(token);
  expect(at.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
});

describe('refuses', () => {
  const cases: [string, JWTPayload, string, string][] = [
    ['an expired token', { exp: 1_000 }, 'expired', 'has expired'],
    ['a token for somebody else', { aud: 'somewhere.example' }, 'rejected', 'for somewhere.example'],
    ['a token for nobody', { aud: [] }, 'rejected', 'accepts vitrine.example, other.example'],
    ['a token that is not valid yet', { nbf: Math.floor(Date.now() / 1000) + 3_600 }, 'invalid', 'nbf'],
    ['a token without a subject', { sub: '' }, 'invalid', 'no subject'],
    ['a token that never expires', { exp: undefined }, 'invalid', 'exp'],
    ['another issuer', { iss: 'https://evil.example' }, 'invalid', 'No identity provider'],
  ];
  test.each(cases)('%s', async (_name, claims, refusedToken, message) => {
    const { check } = open();
    const refused = check(await at.sign(claims));
    await expect(refused).rejects.toMatchObject({ code: 'unauthenticated', detail: { refusedToken } });
    await expect(refused).rejects.toThrow(message);
  });

  test('text that is not a token', async () => {
    const { check } = open();
    for (const text of ['', 'x', 'a.b.c', 'x'.repeat(30_000), `${await at.sign()}x`]) {
      await expect(check(text)).rejects.toMatchObject({ detail: { refusedToken: 'invalid' } });
    }
  });

  test('a token signed by a stranger with the same key id, or with none', async () => {
    const { check } = open();
    await expect(check(await at.sign({}, await createSigningKey('one')))).rejects.toThrow("isn't signed by a key");
    const [header, payload] = (await at.sign()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    await expect(check(`${none}.${payload}.`)).rejects.toMatchObject({ detail: { refusedToken: 'invalid' } });
    await expect(check(`${header}.${payload}.`)).rejects.toMatchObject({ detail: { refusedToken: 'invalid' } });
  });

  test('a public key used as the secret of a symmetric signature', async () => {
    const { check } = open();
    const secret = new TextEncoder().encode(JSON.stringify(at.served.keys[0]?.publicJwk));
    const forged = await new SignJWT({ iss: at.issuer, sub: 'x', aud: AUDIENCE, iat: 1, exp: 9_999_999_999 })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(secret);
    await expect(check(forged)).rejects.toMatchObject({ detail: { refusedToken: 'invalid' } });
  });

  test('an issuer whose discovery document names another', async () => {
    at.served.named = 'https://accounts.example';
    const { check } = open();
    await expect(check(await at.sign())).rejects.toMatchObject({ detail: { refusedToken: 'unreachable' } });
  });
});

test('fetches a rotated key, but not for every token with an unknown one', async () => {
  const { check } = open();
  await check(await at.sign());
  const added = await createSigningKey('two');
  const unknown = await at.sign({}, await createSigningKey('three'));
  await expect(check(unknown)).rejects.toThrow("isn't signed by a key");
  expect(at.asked).toHaveLength(2);
  at.served.keys.push(added);
  now += 61_000;
  await check(await at.sign({}, added));
  expect(at.asked).toHaveLength(4);
  for (let turn = 0; turn < 5; turn += 1) await expect(check(unknown)).rejects.toThrow();
  expect(at.asked).toHaveLength(4);
});

test('keeps known keys while the issuer is away, and asks an absent issuer once a minute', async () => {
  const { check } = open();
  const token = await at.sign();
  at.served.status = 503;
  for (let turn = 0; turn < 3; turn += 1) {
    await expect(check(token)).rejects.toMatchObject({ detail: { refusedToken: 'unreachable' } });
  }
  expect(at.asked).toHaveLength(1);
  at.served.status = 200;
  now += 61_000;
  await check(token);
  at.served.status = 503;
  now += 3_700_000;
  await check(token);
});

test('verifies with pasted keys without asking anybody', async () => {
  const key = await createSigningKey('pasted', 'ES256');
  const { check } = open();
  const keySet = JSON.stringify({ keys: [key.publicJwk] });
  const identity = await check(await at.sign({}, key), [{ issuer: at.issuer, audiences: [AUDIENCE], keySet }]);
  expect(identity.subject).toBe('workload');
  expect(at.asked).toEqual([]);
});

test('pasted keys must be public ones', async () => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const refusals = [
    JSON.stringify({ keys: [await exportJWK(privateKey)] }),
    JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }),
    JSON.stringify({ keys: [] }),
    '{"keys":',
    'null',
  ];
  for (const text of refusals) expect(() => parseKeySet(text)).toThrow(/key/i);
});
