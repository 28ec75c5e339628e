// Password resets and address changes by mailed links and admins' links, tested with a real mail server.
import { describe, expect, test } from 'vitest';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { changePassword } from '#lib/identity/accounts/change-password.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { proveEmail } from '#lib/identity/email/prove-email.ts';
import { reapSignIns } from '#lib/identity/jobs/reap-sign-ins.ts';
import { findSessionUser } from '#lib/identity/sessions/find-session-user.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { createEmailLink } from './create-email-link.ts';
import { createResetLink } from './create-reset-link.ts';
import { requestPasswordReset } from './request-password-reset.ts';
import { findReset, resetPassword } from './reset-password.ts';
import { useMailSites } from '#lib/testing/use-mail-sites.ts';

const sites = useMailSites();
const { newEmail, textTo, secretTo, insertUnproven } = sites;
const NEW = 'an entirely new password';
const secretOf = (url: string) => /secret=(\w+)/.exec(url)?.[1] ?? '';
const ask = (email: string, address: string | null = null) => requestPasswordReset(sites.site.app, { email, address });
const use = (secret: string, { app } = sites.site, endsAccessTokens = false) =>
  resetPassword(app, { secret, password: NEW, endsAccessTokens, address: null });
const signIn = ({ email }: { email: string }, password: string, { app } = sites.site) =>
  signInUser(app, { email, password, address: null });

describe('a mailed reset link', () => {
  test('sets a password once and ends all sessions', async () => {
    const user = await sites.site.createUser();
    const sessionId = await openTestSession(sites.site.app, { user: user.caller.principal });
    await ask(user.email.toUpperCase());
    await ask(user.email);
    expect(textTo(user.email)).toContain('https://g.example/signin/reset?secret=');
    const secret = secretTo(user.email);
    expect(JSON.stringify(await sites.site.app.db.passwordReset.findMany())).not.toContain(secret);
    expect(await findReset(sites.site.app, { secret })).toEqual({ email: user.email, isTakeOver: false });
    await expect(
      resetPassword(sites.site.app, { secret, password: 'short', endsAccessTokens: false, address: null }),
    ).rejects.toMatchObject({ code: 'invalid_input' });
    const both = await Promise.allSettled([use(secret), use(secret)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await findSessionUser(sites.site.app, { sessionId })).toBeNull();
    await expect(signIn(user, user.password)).rejects.toMatchObject({ code: 'unauthenticated' });
    await signIn(user, NEW);
    await authenticateAccessToken(sites.site.app, user.token);
    const { userId } = user.caller.principal;
    expect(await sites.site.app.db.passwordReset.count({ where: { userId, usedAt: null } })).toBe(0);
    const events = await sites.site.app.db.auditEvent.findMany({
      where: { action: 'user.reset-password', actorId: userId },
    });
    expect(events).toMatchObject([{ target: user.email, after: { by: 'email', endsAccessTokens: false } }]);
  });

  test('revokes access tokens on request', async () => {
    const user = await sites.site.createUser();
    await ask(user.email);
    await use(secretTo(user.email), sites.site, true);
    await expect(authenticateAccessToken(sites.site.app, user.token)).rejects.toThrow(/revoked/);
  });

  test('can expire, and is deleted later', async () => {
    const user = await sites.site.createUser();
    const { userId } = user.caller.principal;
    await ask(user.email);
    const secret = secretTo(user.email);
    await sites.site.app.db.passwordReset.updateMany({ where: { userId }, data: { expiresAt: new Date() } });
    expect(await findReset(sites.site.app, { secret })).toBeNull();
    await expect(use(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
    const yesterday = new Date(Date.now() - 90_000_000);
    await sites.site.app.db.passwordReset.updateMany({ where: { userId }, data: { expiresAt: yesterday } });
    await reapSignIns(sites.site.app);
    expect(await sites.site.app.db.passwordReset.count({ where: { userId } })).toBe(0);
  });

  test('ends when the password or the address changes, or the account is disabled', async () => {
    const [first, second, third] = [
      await sites.site.createUser(),
      await sites.site.createUser(),
      await sites.site.createUser(),
    ];
    for (const { email } of [first, second, third]) await ask(email);
    await changePassword(sites.site.app, {
      caller: first.caller,
      currentPassword: first.password,
      newPassword: 'changed meanwhile',
      keepSessionId: null,
      endsAccessTokens: false,
    });
    await expect(use(secretTo(first.email))).rejects.toMatchObject({ code: 'unauthenticated' });
    await sites.site.app.db.user.update({ where: { email: second.email }, data: { email: newEmail() } });
    await expect(use(secretTo(second.email))).rejects.toMatchObject({ code: 'unauthenticated' });
    const admin = await sites.site.createUser({ role: 'admin' });
    const { userId } = third.caller.principal;
    await disableUser(sites.site.app, { caller: admin.caller, userId, reason: 'test' });
    await expect(use(secretTo(third.email))).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('proves an unproven address and removes what its holder set up', async () => {
    const { principal } = await insertUnproven(sites.site);
    const { userId, email } = principal;
    await sites.site.app.db.oidcIdentity.create({ data: { issuer: 'https://i', subject: email, userId } });
    await sites.site.app.db.user.update({ where: { id: userId }, data: { passwordHash: 'unusable' } });
    await ask(email);
    const secret = secretTo(email);
    expect(await findReset(sites.site.app, { secret })).toEqual({ email, isTakeOver: true });
    await use(secret);
    const user = await sites.site.app.db.user.findUniqueOrThrow({
      where: { id: userId },
      include: { oidcIdentities: true },
    });
    expect(user).toMatchObject({ oidcIdentities: [] });
    expect(user.emailProvenAt).not.toBeNull();
    await signIn({ email }, NEW);
  });
});

describe('requesting a reset', () => {
  test('has the same effects for an address without an account', async () => {
    const { email } = await sites.site.createUser();
    const unknown = newEmail();
    expect(await ask(email)).toBe(await ask(unknown));
    expect(sites.mail.messages.map(({ to }) => to)).toEqual([[email], [unknown]]);
    expect(textTo(unknown)).toContain('No account uses this address');
    expect(await sites.site.app.db.passwordReset.count({ where: { sentTo: { in: [email, unknown] } } })).toBe(2);
    for (const address of [email, unknown]) {
      await ask(address);
      await ask(address);
      await expect(ask(address)).rejects.toMatchObject({
        code: 'rate_limited',
        message: expect.stringContaining('Too many emails were requested for this address.') as string,
      });
    }
    expect(sites.mail.messages).toHaveLength(6);
  });

  test('is limited per network', async () => {
    for (let i = 0; i < 20; i += 1) await ask(newEmail(), '198.51.100.9');
    await expect(ask(newEmail(), '198.51.100.9')).rejects.toMatchObject({ code: 'rate_limited' });
    await ask(newEmail(), '203.0.113.1');
  });

  test('gives no password to accounts of an identity provider or disabled ones', async () => {
    const byIssuer = await sites.site.createUser();
    const { userId } = byIssuer.caller.principal;
    await sites.site.app.db.oidcIdentity.create({ data: { issuer: 'https://i', subject: 's', userId } });
    await sites.site.app.db.user.update({ where: { id: userId }, data: { passwordHash: null } });
    await ask(byIssuer.email);
    expect(textTo(byIssuer.email)).toContain('single sign-on');
    expect(secretTo(byIssuer.email)).toBe('');
    const disabled = await sites.site.createUser();
    await sites.site.app.db.user.update({ where: { email: disabled.email }, data: { disabledAt: new Date() } });
    await ask(disabled.email);
    expect(textTo(disabled.email)).toContain('is disabled');
    expect(secretTo(disabled.email)).toBe('');
  });

  test('requires mail, a valid address and a working mail server', async () => {
    const input = { email: newEmail(), address: null };
    await expect(requestPasswordReset(sites.silent.app, input)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('Ask an admin') as string,
    });
    await expect(ask('not an address')).rejects.toMatchObject({ code: 'invalid_input' });
    sites.mail.setRefusing(true);
    await expect(ask(newEmail())).rejects.toMatchObject({ code: 'unavailable' });
    sites.mail.setRefusing(false);
  });
});

describe("an admin's link", () => {
  test('sets a password without proving the address', async () => {
    const { principal } = await insertUnproven(sites.silent);
    const { userId, email } = principal;
    const admin = await sites.silent.createUser({ role: 'admin' });
    const { url } = await createResetLink(sites.silent.app, { caller: admin.caller, userId });
    expect(url).toMatch(/^https:\/\/g\.example\/signin\/reset\?secret=\w{36}$/);
    await use(secretOf(url), sites.silent);
    await signIn({ email }, NEW, sites.silent);
    const user = await sites.silent.app.db.user.findUniqueOrThrow({ where: { id: userId } });
    expect(user.emailProvenAt).toBeNull();
    await expect(use(secretOf(url), sites.silent)).rejects.toMatchObject({ code: 'unauthenticated' });
    const events = await sites.silent.app.db.auditEvent.findMany({
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
    const caller = await insertUnproven(sites.silent);
    const { userId, email } = caller.principal;
    const current = await createEmailLink(sites.silent.app, { caller: SYSTEM_CALLER, userId, email });
    const stranger = await sites.silent.createUser();
    const secret = secretOf(current.url);
    await expect(proveEmail(sites.silent.app, { caller: stranger.caller, secret })).rejects.toMatchObject({
      code: 'not_found',
    });
    await proveEmail(sites.silent.app, { caller, secret });
    const isProven = async () => {
      const user = await sites.silent.app.db.user.findUniqueOrThrow({ where: { id: userId } });
      return [user.email, user.emailProvenAt !== null];
    };
    expect(await isProven()).toEqual([email, true]);
    const other = newEmail();
    const change = await createEmailLink(sites.silent.app, {
      caller: SYSTEM_CALLER,
      userId,
      email: other.toUpperCase(),
    });
    expect(await isProven()).toEqual([email, true]);
    await proveEmail(sites.silent.app, { caller, secret: secretOf(change.url) });
    expect(await isProven()).toEqual([other, true]);
  });

  test('is created only by admins, for enabled accounts', async () => {
    const [user, reviewer] = [await sites.silent.createUser(), await sites.silent.createUser({ role: 'reviewer' })];
    const { userId } = user.caller.principal;
    for (const { caller } of [user, reviewer]) {
      await expect(createResetLink(sites.silent.app, { caller, userId })).rejects.toMatchObject({ code: 'forbidden' });
      await expect(createEmailLink(sites.silent.app, { caller, userId, email: user.email })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    const caller = SYSTEM_CALLER;
    await expect(createResetLink(sites.silent.app, { caller, userId: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await sites.silent.app.db.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
    await expect(createResetLink(sites.silent.app, { caller, userId })).rejects.toMatchObject({ code: 'conflict' });
  });
});
