import { randomBytes } from 'node:crypto';
import { SignJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { authenticateAccessToken } from './authenticate-access-token.ts';
import { changePassword } from '#lib/identity/accounts/change-password.ts';
import { createAccessToken } from './create-access-token.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { authenticateRefreshToken, issueRefreshToken, REFRESH_TOKEN_TTL_SECONDS } from './refresh-token.ts';
import { issueRegistryToken, verifyRegistryToken, type TokenAuthority } from './registry-token.ts';
import { revokeAccessToken } from './revoke-access-token.ts';

const refused = { code: 'unauthenticated' };

let vitrine: TestApp;
let ada: TestUser;
let authority: TokenAuthority;

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  authority = { key: vitrine.app.authKeys.refreshToken, service: 'registry.example.org' };
});
afterAll(() => vitrine.close());

async function logIn(secret = ada.token): Promise<string> {
  const { accessTokenId = '', ...principal } = await authenticateAccessToken(vitrine.app, secret);
  return issueRefreshToken(vitrine.app, { authority, principal: { ...principal, accessTokenId } });
}
const authenticate = (text: string, by = authority) => authenticateRefreshToken(vitrine.app, { authority: by, text });

describe('a refresh token', () => {
  it('has the permissions of its access token and contains no secret', async () => {
    const text = await logIn();
    const { credentialExpiresAt, ...principal } = await authenticateAccessToken(vitrine.app, ada.token);
    // JWT times are whole seconds.
    const expiresAt = new Date(Math.floor((credentialExpiresAt?.getTime() ?? 0) / 1000) * 1000);
    expect(await authenticate(text)).toEqual({ ...principal, credentialExpiresAt: expiresAt });
    const payload = Buffer.from(text.split('.')[1] ?? '', 'base64url').toString();
    expect(payload).not.toContain(ada.token);
    expect(decodeProtectedHeader(text)).toEqual({ alg: 'HS256', typ: 'refresh+jwt' });
  });

  it('follows when its access token’s scopes are narrowed', async () => {
    const { id, secret } = await createAccessToken(vitrine.app, {
      caller: ada.caller,
      name: 'narrowed',
      expiresInDays: 1,
      scopes: ['repository:*:pull,push'],
    });
    const text = await logIn(secret);
    await vitrine.app.db.accessToken.update({ where: { id }, data: { scopes: ['repository:a/*:pull'] } });
    expect((await authenticate(text)).scopes).toEqual([{ repository: 'a/*', actions: ['pull'] }]);
  });

  it('becomes invalid when its access token is revoked, expired or deleted', async () => {
    const { db } = vitrine.app;
    for (const end of [
      (id: string) => revokeAccessToken(vitrine.app, { caller: ada.caller, id }),
      (id: string) => db.accessToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1000) } }),
      (id: string) => db.accessToken.delete({ where: { id } }),
    ]) {
      const { id, secret } = await createAccessToken(vitrine.app, {
        caller: ada.caller,
        name: 'ends',
        scopes: ['pull'],
        expiresInDays: 1,
      });
      const text = await logIn(secret);
      expect(await authenticate(text)).toMatchObject({ accessTokenId: id });
      await end(id);
      await expect(authenticate(text)).rejects.toMatchObject(refused);
    }
  });

  it('becomes invalid when the password changes, even if the access token stays valid', async () => {
    const bob = await vitrine.createUser();
    const text = await logIn(bob.token);
    await changePassword(vitrine.app, {
      caller: bob.caller,
      currentPassword: bob.password,
      keepSessionId: null,
      endsAccessTokens: false,
      // Even setting the same password again ends earlier logins.
      newPassword: bob.password,
    });
    await expect(authenticate(text)).rejects.toMatchObject(refused);
    await expect(authenticate(text)).rejects.toThrow(/password changed/);
    expect(await authenticate(await logIn(bob.token))).toMatchObject({ userId: bob.caller.principal.userId });
  });

  it('becomes invalid when the account is disabled', async () => {
    const [bob, admin] = [await vitrine.createUser(), await vitrine.createUser({ role: 'admin' })];
    const text = await logIn(bob.token);
    const { userId } = bob.caller.principal;
    await disableUser(vitrine.app, { caller: admin.caller, userId, reason: 'a test' });
    await expect(authenticate(text)).rejects.toMatchObject(refused);
    await vitrine.app.db.user.update({ where: { id: userId }, data: { disabledAt: null } });
    await expect(authenticate(text)).rejects.toMatchObject(refused);
  });

  it('expires after a year', async () => {
    const { secret } = await createAccessToken(vitrine.app, {
      caller: ada.caller,
      name: 'lasts',
      scopes: ['pull'],
      expiresInDays: null,
    });
    const text = await logIn(secret);
    vi.useFakeTimers({ now: Date.now() + (REFRESH_TOKEN_TTL_SECONDS - 60) * 1000, toFake: ['Date'] });
    expect(await authenticate(text)).toMatchObject({ userId: ada.caller.principal.userId });
    vi.setSystemTime(Date.now() + 120_000);
    await expect(authenticate(text)).rejects.toMatchObject(refused);
    vi.useRealTimers();
  });

  it('is invalid for another service or key', async () => {
    const text = await logIn();
    await expect(authenticate(text, { ...authority, service: 'other.example.org' })).rejects.toMatchObject(refused);
    const key = new Uint8Array(randomBytes(32));
    await expect(authenticate(text, { ...authority, key })).rejects.toMatchObject(refused);
  });
});

test('refresh and registry tokens are not interchangeable, even with the same key', async () => {
  const refresh = await logIn();
  await expect(verifyRegistryToken(authority, refresh)).rejects.toMatchObject(refused);
  const bearer = await issueRegistryToken(authority, {
    userId: ada.caller.principal.userId,
    scopes: null,
    grants: [],
    accessTokenId: null,
    accessKeyId: null,
    issuedAt: new Date(),
    expiresAt: new Date(Date.now() + 60_000),
  });
  await expect(authenticate(bearer)).rejects.toMatchObject(refused);
});

test.each([
  ['an empty string', () => ''],
  ['garbage', () => 'a.b.c'],
  ['an access token', () => ada.token],
])('rejects %s as a refresh token', async (_what, makeText) => {
  await expect(authenticate(makeText())).rejects.toMatchObject(refused);
});

test('rejects altered or missing claims and foreign signatures', async () => {
  const claims = decodeJwt(await logIn());
  const sign = (change: Record<string, unknown>, key = authority.key, header = {}) =>
    new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: 'HS256', typ: 'refresh+jwt', ...header }).sign(key);
  expect(await authenticate(await sign({}))).toMatchObject({ userId: ada.caller.principal.userId });
  const eve = await vitrine.createUser();
  for (const text of [
    await sign({ sub: eve.caller.principal.userId }),
    await sign({ access_token: 'x' }),
    await sign({ exp: undefined }),
    await sign({ iss: 'other' }),
    await sign({ nbf: Math.floor(Date.now() / 1000) + 3600 }),
    await sign({}, new Uint8Array(randomBytes(32))),
    await sign({}, authority.key, { typ: 'JWT' }),
  ]) {
    await expect(authenticate(text)).rejects.toMatchObject(refused);
  }
});
