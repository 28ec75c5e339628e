// Address changes, with a real mail server and without one.
import { describe, expect, test } from 'vitest';
import { type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { changeEmail } from './change-email.ts';
import { changePassword } from '#lib/identity/accounts/change-password.ts';
import { confirmIdentity, findRecentSessionUser, requireConfirmed } from '#lib/identity/accounts/confirm-identity.ts';
import { proveEmail } from './prove-email.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { useMailSites } from '#lib/testing/use-mail-sites.ts';

const sites = useMailSites({ SIGN_UPS_PER_HOUR: '50' });
const { newEmail, textTo, secretTo } = sites;
const userBy = (app: TestApp, email: string) => app.app.db.user.findUnique({ where: { email } });

describe('changing the address', () => {
  const change = (on: TestApp, user: TestUser, email: string, currentPassword: string | null = user.password) =>
    changeEmail(on.app, { caller: user.caller, sessionId: null, email, currentPassword });

  test('keeps the old address until the new one is proven, and notifies it', async () => {
    const user = await sites.site.createUser();
    const email = newEmail();
    expect(await change(sites.site, user, email)).toBe('mailed');
    expect(await userBy(sites.site, email)).toBeNull();
    expect(textTo(user.email)).toContain('asked to change the email address of your account');
    await proveEmail(sites.site.app, { caller: user.caller, secret: secretTo(email) });
    expect((await userBy(sites.site, email))?.emailProvenAt).not.toBeNull();
    expect(textTo(user.email)).toContain('has changed');
    await signInUser(sites.site.app, { email, password: user.password, address: null });
    await expect(signInUser(sites.site.app, { ...user, address: null })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('requires the password or a recent sign-in', async () => {
    const user = await sites.site.createUser();
    for (const wrong of [null, 'not the password']) {
      await expect(change(sites.site, user, newEmail(), wrong)).rejects.toMatchObject({
        code: 'invalid_input',
        detail: { fieldErrors: { currentPassword: expect.any(String) as string } },
      });
    }
    expect(sites.mail.messages).toHaveLength(0);
    const { userId } = user.caller.principal;
    await sites.site.app.db.user.update({ where: { id: userId }, data: { passwordHash: null } });
    const sessionId = await openTestSession(sites.site.app, { user: user.caller.principal, method: 'oidc' });
    const again = () => {
      const input = { caller: user.caller, sessionId, currentPassword: null };
      return changeEmail(sites.site.app, { ...input, email: newEmail() });
    };
    expect(await again()).toBe('mailed');
    await sites.site.app.db.session.update({
      where: { id: sessionId },
      data: { createdAt: new Date(Date.now() - 11 * 60_000) },
    });
    await expect(again()).rejects.toMatchObject({ code: 'forbidden' });
    const password = { caller: user.caller, currentPassword: null, newPassword: 'a thief’s password' };
    const setPassword = changePassword(sites.site.app, {
      ...password,
      keepSessionId: sessionId,
      endsAccessTokens: false,
    });
    await expect(setPassword).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await sites.site.createUser();
    const theirs = await openTestSession(sites.site.app, { user: stranger.caller.principal, method: 'oidc' });
    const borrowed = { ...password, keepSessionId: theirs, endsAccessTokens: false };
    await expect(changePassword(sites.site.app, borrowed)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('a recent session must be active and its account enabled', async () => {
    const { caller } = await sites.site.createUser();
    const { userId } = caller.principal;
    const sessionId = await openTestSession(sites.site.app, { user: caller.principal, method: 'oidc' });
    const whose = () => findRecentSessionUser(sites.site.app, { sessionId });
    expect(await whose()).toBe(userId);
    await sites.site.app.db.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
    expect(await whose()).toBeNull();
    await sites.site.app.db.user.update({ where: { id: userId }, data: { disabledAt: null } });
    await sites.site.app.db.session.update({ where: { id: sessionId }, data: { revokedAt: new Date() } });
    expect(await whose()).toBeNull();
  });

  test('a confirmation is void once the password changes', async () => {
    const { caller, password } = await sites.site.createUser();
    const mark = await confirmIdentity(sites.site.app, { caller, sessionId: null, password });
    const isStillConfirmed = () => sites.site.app.db.$transaction((tx) => requireConfirmed(tx, caller, mark));
    await isStillConfirmed();
    await sites.site.app.db.user.update({ where: { id: caller.principal.userId }, data: { passwordHash: 'another' } });
    await expect(isStillConfirmed()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('password attempts are rate-limited like sign-ins', async () => {
    const user = await sites.site.createUser();
    const guess = () => change(sites.site, user, newEmail(), 'a guess').catch((error: { code: string }) => error.code);
    const codes = [];
    for (let i = 0; i < 7; i += 1) codes.push(await guess());
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'invalid_input'), 'rate_limited', 'rate_limited']);
  });

  test('is not allowed with an access token', async () => {
    const user = await sites.site.createUser();
    const caller = { ...user.caller, principal: { ...user.caller.principal, scopes: [], apiAccess: 'write' as const } };
    const input = { caller, sessionId: null, email: newEmail(), currentPassword: user.password };
    await expect(changeEmail(sites.site.app, input)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(proveEmail(sites.site.app, { caller, secret: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('limits emails per account', async () => {
    const user = await sites.site.createUser();
    for (let i = 0; i < 10; i += 1) await change(sites.site, user, newEmail());
    await expect(change(sites.site, user, newEmail())).rejects.toMatchObject({ code: 'rate_limited' });
  });

  test('does not reveal that the new address is taken', async () => {
    const [user, other] = [await sites.site.createUser(), await sites.site.createUser()];
    expect(await change(sites.site, user, other.email)).toBe('mailed');
    expect(secretTo(other.email)).toBe('');
    expect(textTo(other.email)).toContain('You already have an account');
  });

  test('another request or a new password revokes earlier links', async () => {
    const user = await sites.site.createUser();
    const [first, second] = [newEmail(), newEmail()];
    await change(sites.site, user, first);
    await change(sites.site, user, second);
    const prove = (email: string) => proveEmail(sites.site.app, { caller: user.caller, secret: secretTo(email) });
    await expect(prove(first)).rejects.toMatchObject({ code: 'not_found' });
    await changePassword(sites.site.app, {
      caller: user.caller,
      currentPassword: user.password,
      newPassword: 'a brand new password',
      keepSessionId: null,
      endsAccessTokens: false,
    });
    await expect(prove(second)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is immediate without a mail server, and proven only for admins', async () => {
    const [user, admin] = [await sites.silent.createUser(), await sites.silent.createUser({ role: 'admin' })];
    const [first, second] = [newEmail(), newEmail()];
    expect(await change(sites.silent, user, first)).toBe('changed');
    expect(await userBy(sites.silent, first)).toMatchObject({ emailProvenAt: null });
    await change(sites.silent, admin, second);
    expect((await userBy(sites.silent, second))?.emailProvenAt).not.toBeNull();
    await expect(change(sites.silent, admin, first)).rejects.toMatchObject({ code: 'name_taken' });
  });

  test('an address changed by an older version becomes unproven', async () => {
    const user = await sites.silent.createUser();
    const email = newEmail();
    await sites.silent.app.db.user.update({ where: { id: user.caller.principal.userId }, data: { email } });
    expect(await userBy(sites.silent, email)).toMatchObject({ emailProvenAt: null });
  });
});
