// Password resets and address changes by mailed links and admins' links, tested with a real mail server.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NO_REQUEST, SYSTEM_CALLER, type UserCaller } from '#lib/access/schema.ts';
import { changePassword } from '#lib/identity/accounts/change-password.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { insertUser, toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { proveEmail } from '#lib/identity/email/prove-email.ts';
import { reapSignIns } from '#lib/identity/jobs/reap-sign-ins.ts';
import { findSessionUser } from '#lib/identity/sessions/find-session-user.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { startMailServer, type MailServer } from '#lib/testing/servers/mail-server.ts';
import { createEmailLink } from './create-email-link.ts';
import { createResetLink } from './create-reset-link.ts';
import { requestPasswordReset } from './request-password-reset.ts';
import { findReset, resetPassword } from './reset-password.ts';

let site: TestApp;
let silent: TestApp;
let mail: MailServer;
beforeAll(async () => {
  mail = await startMailServer();
  const env = { PUBLIC_URL: 'https://g.example' };
  site = await createTestApp({ ...env, SMTP_URL: mail.url, SMTP_FROM: 'gallery@example.org' });
  silent = await createTestApp(env);
});
afterAll(async () => {
  await site.close();
  await silent.close();
  await mail.close();
});
beforeEach(() => {
  mail.messages.length = 0;
});

const NEW = 'an entirely new password';
let serial = 0;
const newEmail = () => `reset-${(serial += 1)}@example.org`;
const textTo = (email: string) => {
  const message = mail.messages.findLast(({ to }) => to.includes(email));
  return message ? message.text.replaceAll('=\r\n', '').replaceAll('=3D', '=') : '';
};
const secretTo = (email: string) => /secret=(\w+)/.exec(textTo(email))?.[1] ?? '';
const secretOf = (url: string) => /secret=(\w+)/.exec(url)?.[1] ?? '';
const ask = (email: string, address: string | null = null) => requestPasswordReset(site.app, { email, address });
const use = (secret: string, { app } = site, endsAccessTokens = false) =>
  resetPassword(app, { secret, password: NEW, endsAccessTokens, address: null });
const signIn = ({ email }: { email: string }, password: string, { app } = site) =>
  signInUser(app, { email, password, address: null });

async function insertUnproven({ app }: TestApp): Promise<UserCaller> {
  const data = { email: newEmail(), displayName: 'Eve', passwordHash: null, role: 'user' as const };
  const user = await insertUser(app.db, { ...data, isEmailProven: false });
  return { principal: toUserPrincipal(user, null), context: NO_REQUEST };
}

describe('a mailed reset link', () => {
  test('sets a password once and ends all sessions', async () => {
    const user = await site.createUser();
    const sessionId = await openTestSession(site.app, { user: user.caller.principal });
    await ask(user.email.toUpperCase());
    await ask(user.email);
    expect(textTo(user.email)).toContain('https://g.example/signin/reset?secret=');
    const secret = secretTo(user.email);
    expect(JSON.stringify(await site.app.db.passwordReset.findMany())).not.toContain(secret);
    expect(await findReset(site.app, { secret })).toEqual({ email: user.email, isTakeOver: false });
    await expect(
      resetPassword(site.app, { secret, password: 'short', endsAccessTokens: false, address: null }),
    ).rejects.toMatchObject({ code: 'invalid_input' });
    const both = await Promise.allSettled([use(secret), use(secret)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await findSessionUser(site.app, { sessionId })).toBeNull();
    await expect(signIn(user, user.password)).rejects.toMatchObject({ code: 'unauthenticated' });
    await signIn(user, NEW);
    await authenticateAccessToken(site.app, user.token);
    const { userId } = user.caller.principal;
    expect(await site.app.db.passwordReset.count({ where: { userId, usedAt: null } })).toBe(0);
    const events = await site.app.db.auditEvent.findMany({
      where: { action: 'user.reset-password', actorId: userId },
    });
    expect(events).toMatchObject([{ target: user.email, after: { by: 'email', endsAccessTokens: false } }]);
  });

  test('revokes access tokens on request', async () => {
    const user = await site.createUser();
    await ask(user.email);
    await use(secretTo(user.email), site, true);
    await expect(authenticateAccessToken(site.app, user.token)).rejects.toThrow(/revoked/);
  });

  test('can expire, and is deleted later', async () => {
    const user = await site.createUser();
    const { userId } = user.caller.principal;
    await ask(user.email);
    const secret = secretTo(user.email);
    await site.app.db.passwordReset.updateMany({ where: { userId }, data: { expiresAt: new Date() } });
    expect(await findReset(site.app, { secret })).toBeNull();
    await expect(use(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
    const yesterday = new Date(Date.now() - 90_000_000);
    await site.app.db.passwordReset.updateMany({ where: { userId }, data: { expiresAt: yesterday } });
    await reapSignIns(site.app);
    expect(await site.app.db.passwordReset.count({ where: { userId } })).toBe(0);
  });

  test('ends when the password or the address changes, or the account is disabled', async () => {
    const [first, second, third] = [await site.createUser(), await site.createUser(), await site.createUser()];
    for (const { email } of [first, second, third]) await ask(email);
    await changePassword(site.app, {
      caller: first.caller,
      currentPassword: first.password,
      newPassword: 'changed meanwhile',
      keepSessionId: null,
      endsAccessTokens: false,
    });
    await expect(use(secretTo(first.email))).rejects.toMatchObject({ code: 'unauthenticated' });
    await site.app.db.user.update({ where: { email: second.email }, data: { email: newEmail() } });
    await expect(use(secretTo(second.email))).rejects.toMatchObject({ code: 'unauthenticated' });
    const admin = await site.createUser({ role: 'admin' });
    const { userId } = third.caller.principal;
    await disableUser(site.app, { caller: admin.caller, userId, reason: 'test' });
    await expect(use(secretTo(third.email))).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('proves an unproven address and removes what its holder set up', async () => {
    const { principal } = await insertUnproven(site);
    const { userId, email } = principal;
    await site.app.db.oidcIdentity.create({ data: { issuer: 'https://i', subject: email, userId } });
    await site.app.db.user.update({ where: { id: userId }, data: { passwordHash: 'unusable' } });
    await ask(email);
    const secret = secretTo(email);
    expect(await findReset(site.app, { secret })).toEqual({ email, isTakeOver: true });
    await use(secret);
    const user = await site.app.db.user.findUniqueOrThrow({ where: { id: userId }, include: { oidcIdentities: true } });
    expect(user).toMatchObject({ oidcIdentities: [] });
    expect(user.emailProvenAt).not.toBeNull();
    await signIn({ email }, NEW);
  });
});

describe('requesting a reset', () => {
  test('has the same effects for an address without an account', async () => {
    const { email } = await site.createUser();
    const unknown = newEmail();
    expect(await ask(email)).toBe(await ask(unknown));
    expect(mail.messages.map(({ to }) => to)).toEqual([[email], [unknown]]);
    expect(textTo(unknown)).toContain('No account uses this address');
    expect(await site.app.db.passwordReset.count({ where: { sentTo: { in: [email, unknown] } } })).toBe(2);
    for (const address of [email, unknown]) {
      await ask(address);
      await ask(address);
      await expect(ask(address)).rejects.toMatchObject({
        code: 'rate_limited',
        message: expect.stringContaining('Too many emails were requested for this address.') as string,
      });
    }
    expect(mail.messages).toHaveLength(6);
  });

  test('is limited per network', async () => {
    for (let i = 0; i < 20; i += 1) await ask(newEmail(), '198.51.100.9');
    await expect(ask(newEmail(), '198.51.100.9')).rejects.toMatchObject({ code: 'rate_limited' });
    await ask(newEmail(), '203.0.113.1');
  });

  test('gives no password to accounts of an identity provider or disabled ones', async () => {
    const byIssuer = await site.createUser();
    const { userId } = byIssuer.caller.principal;
    await site.app.db.oidcIdentity.create({ data: { issuer: 'https://i', subject: 's', userId } });
    await site.app.db.user.update({ where: { id: userId }, data: { passwordHash: null } });
    await ask(byIssuer.email);
    expect(textTo(byIssuer.email)).toContain('single sign-on');
    expect(secretTo(byIssuer.email)).toBe('');
    const disabled = await site.createUser();
    await site.app.db.user.update({ where: { email: disabled.email }, data: { disabledAt: new Date() } });
    await ask(disabled.email);
    expect(textTo(disabled.email)).toContain('is disabled');
    expect(secretTo(disabled.email)).toBe('');
  });

  test('requires mail, a valid address and a working mail server', async () => {
    const input = { email: newEmail(), address: null };
    await expect(requestPasswordReset(silent.app, input)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('Ask an admin') as string,
    });
    await expect(ask('not an address')).rejects.toMatchObject({ code: 'invalid_input' });
    mail.setRefusing(true);
    await expect(ask(newEmail())).rejects.toMatchObject({ code: 'unavailable' });
    mail.setRefusing(false);
  });
});

describe("an admin's link", () => {
  test('sets a password without proving the address', async () => {
    const { principal } = await insertUnproven(silent);
    const { userId, email } = principal;
    const admin = await silent.createUser({ role: 'admin' });
    const { url } = await createResetLink(silent.app, { caller: admin.caller, userId });
    expect(url).toMatch(/^https:\/\/g\.example\/signin\/reset\?secret=\w{36}$/);
    await use(secretOf(url), silent);
    await signIn({ email }, NEW, silent);
    const user = await silent.app.db.user.findUniqueOrThrow({ where: { id: userId } });
    expect(user.emailProvenAt).toBeNull();
    await expect(use(secretOf(url), silent)).rejects.toMatchObject({ code: 'unauthenticated' });
    const events = await silent.app.db.auditEvent.findMany({
      where: { action: { in: ['user.create-reset-link', 'user.reset-password'] }, target: email },
      orderBy: { id: 'asc' },
    });
    expect(events.map(({ action, actorId }) => [action, actorId])).toEqual([
      ['user.create-reset-link', admin.caller.principal.userId],
      ['user.reset-password', userId],
    ]);
    expect(JSON.stringify(events.map(({ after }) => after))).not.toContain(secretOf(url));
  });

  test('confirms or changes an address, in a session of its user', async () => {
    const caller = await insertUnproven(silent);
    const { userId, email } = caller.principal;
    const current = await createEmailLink(silent.app, { caller: SYSTEM_CALLER, userId, email });
    const stranger = await silent.createUser();
    const secret = secretOf(current.url);
    await expect(proveEmail(silent.app, { caller: stranger.caller, secret })).rejects.toMatchObject({
      code: 'not_found',
    });
    await proveEmail(silent.app, { caller, secret });
    const isProven = async () => {
      const user = await silent.app.db.user.findUniqueOrThrow({ where: { id: userId } });
      return [user.email, user.emailProvenAt !== null];
    };
    expect(await isProven()).toEqual([email, true]);
    const other = newEmail();
    const change = await createEmailLink(silent.app, { caller: SYSTEM_CALLER, userId, email: other.toUpperCase() });
    expect(await isProven()).toEqual([email, true]);
    await proveEmail(silent.app, { caller, secret: secretOf(change.url) });
    expect(await isProven()).toEqual([other, true]);
  });

  test('is created only by admins, for enabled accounts', async () => {
    const [user, reviewer] = [await silent.createUser(), await silent.createUser({ role: 'reviewer' })];
    const { userId } = user.caller.principal;
    for (const { caller } of [user, reviewer]) {
      await expect(createResetLink(silent.app, { caller, userId })).rejects.toMatchObject({ code: 'forbidden' });
      await expect(createEmailLink(silent.app, { caller, userId, email: user.email })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    const caller = SYSTEM_CALLER;
    await expect(createResetLink(silent.app, { caller, userId: 'x' })).rejects.toMatchObject({ code: 'not_found' });
    await silent.app.db.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
    await expect(createResetLink(silent.app, { caller, userId })).rejects.toMatchObject({ code: 'conflict' });
  });
});
