import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { readOidcClaims } from './oidc-claims.ts';
import { signInByOidc } from './sign-in-by-oidc.ts';
import { signInUser } from './sign-in-user.ts';

const ISSUER = 'https://id.example.org';

let site: TestApp;
let open: TestApp;
beforeAll(async () => {
  const env = { OIDC_ISSUER: ISSUER, OIDC_CLIENT_ID: 'vitrine', OIDC_CLIENT_SECRET: 'secret' };
  site = await createTestApp({ ...env, OIDC_ADMIN_VALUES: 'admins', OIDC_REVIEWER_VALUES: 'reviewers, editors' });
  open = await createTestApp({ ...env, OIDC_SIGN_UP: '0' });
});
afterAll(async () => {
  await site.close();
  await open.close();
});

type Claims = Record<string, unknown>;
const signIn = (claims: Claims, currentUserId: string | null = null) =>
  signInByOidc(site.app, { claims: { iss: ISSUER, ...claims }, currentUserId, address: null });

describe('single sign-on', () => {
  test('creates an account on first sign-in and finds it again, even with another address', async () => {
    const first = await signIn({ sub: '1', email: 'Ada@example.org', email_verified: true, name: 'Ada' });
    expect(first).toMatchObject({ email: 'ada@example.org', displayName: 'Ada', siteRole: 'user' });
    const second = await signIn({ sub: '1', email: 'other@example.org', email_verified: true });
    expect(second.userId).toBe(first.userId);
    const stranger = await signIn({ sub: '1', iss: 'https://other.example.org', email: 'x@example.org' });
    expect(stranger.userId).not.toBe(first.userId);
  });

  test('creates one account for concurrent first sign-ins', async () => {
    const claims = { sub: 'many', email: 'many@example.org', email_verified: true };
    const users = await Promise.all(Array.from({ length: 10 }, () => signIn(claims)));
    expect(new Set(users.map(({ userId }) => userId)).size).toBe(1);
  });

  test('does not link an account by an unverified address', async () => {
    const { email, password } = await site.createUser();
    for (const email_verified of [false, undefined, 'false', 1]) {
      await expect(signIn({ sub: 'thief', email, email_verified })).rejects.toMatchObject({
        detail: { refusal: 'email_unverified' },
      });
    }
    expect(await site.app.db.oidcIdentity.count({ where: { subject: 'thief' } })).toBe(0);
    expect(await signInUser(site.app, { email, password, address: null })).toMatchObject({ email });
  });

  test('links by verified address and ends the account’s earlier credentials', async () => {
    const { email, password, token, caller } = await site.createUser();
    const user = await signIn({ sub: 'link', email, email_verified: true });
    expect(user.userId).toBe(caller.principal.userId);
    await expect(signInUser(site.app, { email, password, address: null })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(authenticateAccessToken(site.app, token)).rejects.toThrow(/revoked/);
    expect(await site.app.db.notification.count({ where: { userId: user.userId } })).toBe(1);
  });

  test('keeps the account’s credentials if the user is signed in to it', async () => {
    const { email, password, token, caller } = await site.createUser();
    const { userId } = caller.principal;
    expect(await signIn({ sub: 'keep', email, email_verified: true }, userId)).toMatchObject({ userId, email });
    expect(await signInUser(site.app, { email, password, address: null })).toMatchObject({ userId });
    expect(await authenticateAccessToken(site.app, token)).toMatchObject({ userId });
    const identities = await site.app.db.oidcIdentity.findMany({ where: { userId }, select: { subject: true } });
    expect(identities).toEqual([{ subject: 'keep' }]);
    expect(await signIn({ sub: 'keep' })).toMatchObject({ userId });
  });

  test('hands an account with an unverified address to the verified owner', async () => {
    const squatter = await signIn({ sub: 'squatter', email: 'victim@example.org' });
    const victim = await signIn({ sub: 'victim', email: 'victim@example.org', email_verified: true });
    expect(victim.userId).toBe(squatter.userId);
    await expect(signIn({ sub: 'squatter', email: 'victim@example.org' })).rejects.toMatchObject({
      detail: { refusal: 'email_unverified' },
    });
  });

  test('rejects disabled accounts and missing claims', async () => {
    const { userId } = await signIn({ sub: 'off', email: 'off@example.org' });
    await site.app.db.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
    await expect(signIn({ sub: 'off' })).rejects.toMatchObject({ detail: { refusal: 'disabled' } });
    await expect(signIn({ sub: 'nameless' })).rejects.toMatchObject({ detail: { refusal: 'no_email' } });
    await expect(signIn({ sub: '' })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('creates no account if sign-up is closed', async () => {
    const claims = { iss: ISSUER, sub: '1', email: 'new@example.org', email_verified: true };
    const result = signInByOidc(open.app, { claims, currentUserId: null, address: null });
    await expect(result).rejects.toMatchObject({ detail: { refusal: 'no_account' } });
    expect(await open.app.db.user.count()).toBe(0);
  });
});

describe('roles from claims', () => {
  const roleOf = async (sub: string, groups: unknown) =>
    (await signIn({ sub, email: `${sub}@example.org`, groups })).siteRole;

  test('are synced on each sign-in, except for the last admin', async () => {
    expect(await roleOf('boss', ['admins', 'staff'])).toBe('admin');
    expect(await roleOf('boss', ['staff'])).toBe('admin');
    expect(await roleOf('deputy', ['admins'])).toBe('admin');
    expect(await roleOf('boss', 'editors')).toBe('reviewer');
    expect(await roleOf('deputy', [])).toBe('admin');
    expect(await roleOf('boss', undefined)).toBe('user');
  });

  test('keep one admin when two lose the role concurrently', async () => {
    await roleOf('boss', ['admins']);
    await roleOf('deputy', ['admins']);
    await Promise.all([roleOf('boss', []), roleOf('deputy', [])]);
    expect(await site.app.db.user.count({ where: { role: 'admin' } })).toBe(1);
  });

  test.each([
    ['realm_access.roles', { realm_access: { roles: ['a'] } }, 'admin'],
    ['https://x.org/roles', { 'https://x.org/roles': ['a'] }, 'admin'],
    ['roles.x', { roles: 'a' }, 'user'],
    ['__proto__.roles', {}, 'user'],
    ['roles', { roles: { a: true } }, 'user'],
  ])('claim %s', (rolesClaim, claims, role) => {
    const rules = { rolesClaim, adminValues: ['a'], reviewerValues: [], groupsClaim: '' };
    expect(readOidcClaims({ iss: ISSUER, sub: 's', ...claims }, rules).role).toBe(role);
  });

  test('sanitise malformed claims', () => {
    const claims = { iss: ISSUER, sub: 's', email: { a: 1 }, name: `a\0b\nc\u202e\u200b\ud800${'x'.repeat(500)}` };
    const read = readOidcClaims(claims, { rolesClaim: 'groups', adminValues: [], reviewerValues: [], groupsClaim: '' });
    expect(read).toMatchObject({ email: null, role: null, groups: null });
    expect(read.displayName).toMatch(/^abc\ufffdx{90,}$/);
  });

  test('failed sign-ins are audited with the claimed address', async () => {
    const { email } = await site.createUser();
    await expect(signIn({ sub: 'unverified', email })).rejects.toThrow();
    await site.app.attemptLog.flush();
    expect(await site.app.db.auditEvent.findMany({ where: { action: 'sign-in.fail', target: email } })).toMatchObject([
      { after: { reason: expect.stringMatching(/^oidc: /) as string }, actorLabel: 'anonymous' },
    ]);
  });
});
