import { afterAll, beforeAll, describe, expect, test, onTestFinished } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { UNNAMED_ADMIN_EMAIL, ensureFirstAdmin } from '#lib/identity/accounts/ensure-first-admin.ts';
import { redeemSignInLink } from './redeem-sign-in-link.ts';
import { revokeAccessToken } from '#lib/identity/credentials/revoke-access-token.ts';
import { signInUser } from './sign-in-user.ts';
import { signUpUser } from '#lib/identity/sign-up/sign-up-user.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

describe('sign-up and sign-in', () => {
  const account = { email: 'Ada@Example.org', password: 'a long password', displayName: 'Ada', address: null };

  test('addresses are case-insensitive and passwords are hashed', async () => {
    const { app } = site;
    await signUpUser(app, account);
    const user = await signInUser(app, { email: 'ada@example.ORG', password: account.password, address: null });
    expect(user.email).toBe('ada@example.org');
    const row = await app.db.user.findUniqueOrThrow({ where: { id: user.userId } });
    expect(row.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test.each([
    ['a wrong password', { email: 'ada@example.org', password: 'another password' }],
    ['an unknown address', { email: 'nobody@example.org', password: 'a long password' }],
    ['no address at all', { email: '', password: '' }],
  ])('%s gets the same error', async (_name, input) => {
    await expect(signInUser(site.app, { ...input, address: null })).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'Incorrect email address or password.',
    });
  });

  test('rejects a second account with the same address', async () => {
    await expect(signUpUser(site.app, account)).rejects.toMatchObject({ code: 'name_taken' });
  });

  test('an operator can close sign-up', async () => {
    const app = { ...site.app, config: { ...site.app.config, isSignUpOpen: false } };
    await expect(signUpUser(app, { ...account, email: 'late@example.org' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('reveals that an account is disabled only with the right password', async () => {
    const { app } = site;
    const user = await signUpUser(app, { ...account, email: 'off@example.org' });
    await app.db.user.update({ where: { id: user.userId }, data: { disabledAt: new Date() } });
    const signIn = (password: string) => signInUser(app, { email: 'off@example.org', password, address: null });
    await expect(signIn(account.password)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(signIn('something else')).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('the first admin', () => {
  test('gets a sign-in link that works once', async () => {
    const { app } = site;
    const first = await ensureFirstAdmin(app);
    const second = await ensureFirstAdmin(app);
    const redeem = (secret = '') => redeemSignInLink(app, { secret, address: null });
    await expect(redeem(first?.linkSecret)).rejects.toMatchObject({ code: 'unauthenticated' });
    const both = await Promise.allSettled([redeem(second?.linkSecret), redeem(second?.linkSecret)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const admin = await app.db.user.findUniqueOrThrow({ where: { email: UNNAMED_ADMIN_EMAIL } });
    expect(admin.role).toBe('admin');
  });

  test('gets a new link at the next start until there is another way to sign in', async () => {
    const { app, close } = await createTestApp();
    onTestFinished(close);
    const first = await ensureFirstAdmin(app);
    const { userId } = await redeemSignInLink(app, { secret: first?.linkSecret ?? '', address: null });
    const second = await ensureFirstAdmin(app);
    expect(await redeemSignInLink(app, { secret: second?.linkSecret ?? '', address: null })).toMatchObject({ userId });
    await app.db.user.update({ where: { id: userId }, data: { passwordHash: 'set' } });
    expect(await ensureFirstAdmin(app)).toBeNull();
  });

  test('gets links only while no other admin can sign in', async () => {
    const { app, createUser: create, close } = await createTestApp();
    onTestFinished(close);
    expect(await ensureFirstAdmin(app)).toHaveProperty('linkSecret');
    const { caller } = await create({ role: 'admin' });
    expect(await ensureFirstAdmin(app)).toBeNull();
    await app.db.user.update({ where: { id: caller.principal.userId }, data: { disabledAt: new Date() } });
    expect(await ensureFirstAdmin(app)).toHaveProperty('linkSecret');
  });
});

describe('access tokens', () => {
  test('are stored as a hash and work until revoked', async () => {
    const { app } = site;
    const { caller } = await site.createUser();
    const { id, secret } = await createAccessToken(app, { caller, name: 'ci', scopes: ['pull'], expiresInDays: null });
    expect(secret).toMatch(/^vtr_[0-9A-Za-z]{42}$/);
    const row = await app.db.accessToken.findUniqueOrThrow({ where: { id } });
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(await authenticateAccessToken(app, secret)).toMatchObject({ userId: caller.principal.userId });
    await revokeAccessToken(app, { caller, id });
    await expect(authenticateAccessToken(app, secret)).rejects.toMatchObject({
      message: expect.stringContaining('revoked') as string,
    });
  });

  test('have distinct errors for expired and mistyped tokens', async () => {
    const { app } = site;
    const { caller, password } = await site.createUser();
    const { id, secret } = await createAccessToken(app, { caller, name: 'old', scopes: ['pull'], expiresInDays: 1 });
    await app.db.accessToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } });
    await expect(authenticateAccessToken(app, secret)).rejects.toThrow(/expired/);
    await expect(
      authenticateAccessToken(app, secret.slice(0, -1) + (secret.endsWith('0') ? '1' : '0')),
    ).rejects.toThrow(/not an access token/);
    await expect(authenticateAccessToken(app, password)).rejects.toThrow(/not an access token/);
  });

  test('can be revoked only by their user, and cannot create other tokens', async () => {
    const { app } = site;
    const owner = await site.createUser();
    const other = await site.createUser();
    const { id, secret } = await createAccessToken(app, {
      caller: owner.caller,
      name: 'x',
      scopes: ['pull'],
      expiresInDays: 1,
    });
    await expect(revokeAccessToken(app, { caller: other.caller, id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(revokeAccessToken(app, { caller: other.caller, id: 'no-id' })).rejects.toMatchObject({
      code: 'not_found',
    });
    const byToken = { ...owner.caller, principal: await authenticateAccessToken(app, secret) };
    const input = { caller: byToken, name: 'y', scopes: ['push'], expiresInDays: 1 };
    await expect(createAccessToken(app, input)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test.each([
    ['no name', { name: ' ', scopes: ['pull'], expiresInDays: 1 }],
    ['no scope', { name: 'x', scopes: [], expiresInDays: 1 }],
    ['an unknown scope', { name: 'x', scopes: ['everything'], expiresInDays: 1 }],
    ['a lifetime of zero days', { name: 'x', scopes: ['pull'], expiresInDays: 0 }],
    ['a lifetime of ten years', { name: 'x', scopes: ['pull'], expiresInDays: 3_650 }],
  ])('%s is rejected', async (_name, input) => {
    const { caller } = await site.createUser();
    const before = await site.app.db.accessToken.count();
    await expect(createAccessToken(site.app, { caller, ...input })).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await site.app.db.accessToken.count()).toBe(before);
  });
});
