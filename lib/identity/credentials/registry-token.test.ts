import { randomBytes } from 'node:crypto';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import {
  issueRegistryToken,
  REGISTRY_TOKEN_TTL_SECONDS,
  verifyRegistryToken,
  type RegistryToken,
} from './registry-token.ts';

const authority = { key: new Uint8Array(randomBytes(32)), service: 'registry.example.org' };
const token: RegistryToken = {
  userId: '01890000-0000-7000-8000-000000000000',
  scopes: [{ repository: 'ada/*', actions: ['pull', 'push'] }],
  grants: [{ name: 'ada/curl', actions: ['pull'] }],
  accessTokenId: '01890000-0000-7000-8000-000000000001',
  accessKeyId: null,
  issuedAt: new Date(),
  expiresAt: new Date((Math.floor(Date.now() / 1000) + REGISTRY_TOKEN_TTL_SECONDS) * 1000),
};
const refused = { code: 'unauthenticated' };

describe('registry tokens', () => {
  it('round-trip with millisecond precision', async () => {
    const text = await issueRegistryToken(authority, token);
    expect(await verifyRegistryToken(authority, text)).toEqual(token);
  });

  it('can be anonymous', async () => {
    const anonymous = { ...token, userId: null, scopes: null, accessTokenId: null };
    expect(await verifyRegistryToken(authority, await issueRegistryToken(authority, anonymous))).toEqual(anonymous);
  });

  it('expire even if cached', async () => {
    const text = await issueRegistryToken(authority, token);
    await verifyRegistryToken(authority, text);
    vi.useFakeTimers({ now: Date.now() + (REGISTRY_TOKEN_TTL_SECONDS + 1) * 1000, toFake: ['Date'] });
    await expect(verifyRegistryToken(authority, text)).rejects.toMatchObject(refused);
    vi.useRealTimers();
  });

  it('are rejected with a wrong or missing key, service, issuer, time or algorithm', async () => {
    const valid = await issueRegistryToken(authority, token);
    const other = { ...authority, key: new Uint8Array(randomBytes(32)) };
    const claims = { access: [], scopes: null, access_token: null };
    const sign = (alg: string, key: Uint8Array) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg })
        .setIssuer('vitrine')
        .setAudience(authority.service)
        .setSubject('')
        .setIssuedAt()
        .setExpirationTime('5m')
        .setJti('1')
        .sign(key);
    const unsigned = new UnsecuredJWT(claims)
      .setIssuer('vitrine')
      .setAudience(authority.service)
      .setExpirationTime('5m')
      .encode();
    const change = (claim: Record<string, unknown>, header: Record<string, unknown> = {}, key = authority.key) =>
      new SignJWT({ ...decodeJwt(valid), ...claim })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header })
        .sign(key);
    const now = Math.floor(Date.now() / 1000);
    for (const text of [
      // Keys in the token's header must be ignored.
      await change({}, { jwk: { kty: 'oct', k: Buffer.from(other.key).toString('base64url') } }, other.key),
      await change({}, { kid: '../../dev/null', x5u: 'https://example.org/key' }, other.key),
      await change({ iss: 'other' }),
      await change({ aud: undefined }),
      await change({ nbf: now + 3600 }),
      await change({ exp: now - 1 }),
      await change({ exp: undefined }),
      await change({ jti: undefined }),
      await change({ access: [{ type: 'repository', name: 'ada/curl', actions: ['admin'] }] }),
      `${valid.split('.').slice(0, 2).join('.')}.`,
      valid
        .split('.')
        .with(1, Buffer.from(JSON.stringify({ ...decodeJwt(valid), sub: 'x' })).toString('base64url'))
        .join('.'),
      await issueRegistryToken(other, token),
      await issueRegistryToken({ ...authority, service: 'other.example.org' }, token),
      await sign('HS512', authority.key),
      unsigned,
      `${await issueRegistryToken(authority, token)}x`,
      'a.b.c',
      '',
    ]) {
      await expect(verifyRegistryToken(authority, text)).rejects.toMatchObject(refused);
    }
    expect(await verifyRegistryToken(authority, await change({}))).toEqual(token);
    expect(await verifyRegistryToken(authority, await sign('HS256', authority.key))).toMatchObject({ userId: null });
  });
});
