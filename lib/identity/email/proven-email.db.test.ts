// Email verification by mailed links, identity providers and admins, tested with a real mail server.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { startMailServer, type MailServer } from '#lib/testing/servers/mail-server.ts';
import { askEmailProof } from './ask-email-proof.ts';
import { changeEmail } from './change-email.ts';
import { changePassword } from '#lib/identity/accounts/change-password.ts';
import { confirmIdentity, findRecentSessionUser, requireConfirmed } from '#lib/identity/accounts/confirm-identity.ts';
import { changeSiteRole } from '#lib/identity/accounts/change-site-role.ts';
import { createUser } from '#lib/identity/accounts/create-user.ts';
import { findUserByEmail } from '#lib/identity/accounts/find-user-by-email.ts';
import { findSignUp, finishSignUp } from '#lib/identity/sign-up/finish-sign-up.ts';
import { reapSignIns } from '#lib/identity/jobs/reap-sign-ins.ts';
import { sendNotificationEmail } from '#lib/identity/jobs/send-notification-email.ts';
import { findEmailProof, proveEmail } from './prove-email.ts';
import { requestSignUp } from '#lib/identity/sign-up/request-sign-up.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { signUpUser } from '#lib/identity/sign-up/sign-up-user.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { insertUser, toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { vouchForEmail } from './vouch-for-email.ts';
import { type Caller, NO_REQUEST, SYSTEM_CALLER, type UserCaller } from '#lib/access/schema.ts';

let site: TestApp;
let silent: TestApp;
let mail: MailServer;
beforeAll(async () => {
  mail = await startMailServer();
  const env = { PUBLIC_URL: 'https://g.example', SIGN_UPS_PER_HOUR: '50' };
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

let serial = 0;
const newEmail = () => `person-${(serial += 1)}@example.org`;
const textTo = (email: string) => {
  const message = mail.messages.findLast(({ to }) => to.includes(email));
  return message ? message.text.replaceAll('=\r\n', '').replaceAll('=3D', '=') : '';
};
const secretTo = (email: string) => /secret=(\w+)/.exec(textTo(email))?.[1] ?? '';
const userBy = (app: TestApp, email: string) => app.app.db.user.findUnique({ where: { email } });
const ask = (email: string, displayName = 'Ada') => requestSignUp(site.app, { email, displayName, address: null });
const finish = (secret: string, password = 'a long password') =>
  finishSignUp(site.app, { secret, password, displayName: 'Ada', address: null });

/** Inserts an account as created before addresses had to be proven. */
async function insertUnproven(app: TestApp, email = newEmail()): Promise<UserCaller> {
  const user = await insertUser(app.app.db, {
    email,
    displayName: 'Eve',
    passwordHash: null,
    role: 'user',
    isEmailProven: false,
  });
  return { principal: toUserPrincipal(user, null), context: NO_REQUEST };
}

describe('signing up by email', () => {
  test('creates no account until the link is opened, and the link works once', async () => {
    const email = newEmail();
    await ask(email.toUpperCase());
    expect(await userBy(site, email)).toBeNull();
    expect(textTo(email)).toContain('https://g.example/signup/finish?secret=');
    const secret = secretTo(email);
    expect(JSON.stringify(await site.app.db.emailProof.findMany({ where: { email } }))).not.toContain(secret);
    expect(await findSignUp(site.app, { secret })).toEqual({ email, displayName: 'Ada', isTakeOver: false });
    await expect(finish(secret, 'short')).rejects.toMatchObject({ code: 'invalid_input' });
    const both = await Promise.allSettled([finish(secret), finish(secret)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await userBy(site, email))?.emailProvenAt).not.toBeNull();
    await signInUser(site.app, { email, password: 'a long password', address: null });
    await expect(finish(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await findSignUp(site.app, { secret })).toBeNull();
  });

  test('requires the link to set a password, and the email contains no user-supplied text', async () => {
    const email = newEmail();
    await ask(email, 'Buy gold at gold.example');
    expect(textTo(email)).not.toContain('gold');
    const password = { email, password: 'the stranger’s password', displayName: 'x', address: null };
    await expect(signUpUser(site.app, password)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('expires links and deletes their rows', async () => {
    const email = newEmail();
    await ask(email);
    await site.app.db.emailProof.updateMany({ where: { email }, data: { expiresAt: new Date() } });
    await expect(finish(secretTo(email))).rejects.toMatchObject({ code: 'unauthenticated' });
    await reapSignIns(site.app);
    expect(await site.app.db.emailProof.count({ where: { email } })).toBe(1);
    await site.app.db.emailProof.updateMany({
      where: { email },
      data: { expiresAt: new Date(Date.now() - 90_000_000) },
    });
    await reapSignIns(site.app);
    expect(await site.app.db.emailProof.count({ where: { email } })).toBe(0);
  });

  test('does not reveal that an address is taken', async () => {
    const { email } = await site.createUser();
    const free = newEmail();
    const before = await userBy(site, email);
    expect(await ask(email)).toBe(await ask(free));
    for (const address of [email, free]) {
      expect(mail.messages.filter(({ to }) => to.includes(address))).toHaveLength(1);
      expect(await site.app.db.emailProof.count({ where: { email: address } })).toBe(1);
    }
    expect(secretTo(email)).toBe('');
    expect(textTo(email)).toContain('You already have an account');
    expect(await userBy(site, email)).toEqual(before);
  });

  test('limits emails per address, taken or not', async () => {
    const taken = (await site.createUser()).email;
    for (const email of [taken, newEmail()]) {
      for (let i = 0; i < 3; i += 1) await ask(email);
      await expect(ask(email)).rejects.toMatchObject({ code: 'rate_limited' });
      expect(mail.messages.filter(({ to }) => to.includes(email))).toHaveLength(3);
    }
    await ask(newEmail());
  });

  test('limits sign-ups per client network', async () => {
    const app = { ...site.app, config: { ...site.app.config, signUpsPerHour: 2 } };
    const from = (address: string) => requestSignUp(app, { email: newEmail(), displayName: 'Ada', address });
    await from('2001:db8:0:7::1');
    await from('2001:db8:0:7::2');
    await expect(from('2001:db8:0:7:ffff::3')).rejects.toMatchObject({ code: 'rate_limited' });
    await from('2001:db8:0:8::1');
  });

  test('reports a failing mail server', async () => {
    mail.setRefusing(true);
    await expect(ask(newEmail())).rejects.toMatchObject({ code: 'unavailable' });
    mail.setRefusing(false);
  });

  test('takes over an unproven account with the same address', async () => {
    const eve = await insertUnproven(site);
    const sessionId = await openTestSession(site.app, { user: eve.principal, method: 'oidc' });
    await ask(eve.principal.email);
    expect(await findSignUp(site.app, { secret: secretTo(eve.principal.email) })).toMatchObject({ isTakeOver: true });
    const user = await finish(secretTo(eve.principal.email));
    expect(user).toMatchObject({ userId: eve.principal.userId, displayName: 'Ada' });
    expect(await site.app.db.session.findUnique({ where: { id: sessionId } })).toMatchObject({
      revokedAt: expect.any(Date) as Date,
    });
  });

  test('fails if the address got an account in the meantime', async () => {
    const email = newEmail();
    await ask(email);
    const first = secretTo(email);
    await insertUser(site.app.db, { email, displayName: 'x', passwordHash: null, role: 'user', isEmailProven: true });
    await expect(finish(first)).rejects.toMatchObject({ code: 'name_taken' });
  });
});

describe('proving an account’s address', () => {
  test('requires the link and a session of that account', async () => {
    const eve = await insertUnproven(site);
    const owner = await site.createUser();
    await askEmailProof(site.app, { caller: eve });
    const secret = secretTo(eve.principal.email);
    expect(await findEmailProof(site.app, { caller: owner.caller, secret })).toBeNull();
    await expect(proveEmail(site.app, { caller: owner.caller, secret })).rejects.toMatchObject({ code: 'not_found' });
    expect((await userBy(site, eve.principal.email))?.emailProvenAt).toBeNull();
    await proveEmail(site.app, { caller: eve, secret });
    expect((await userBy(site, eve.principal.email))?.emailProvenAt).not.toBeNull();
    await expect(proveEmail(site.app, { caller: eve, secret })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('sign-up links and proof links are not interchangeable', async () => {
    const eve = await insertUnproven(site);
    await askEmailProof(site.app, { caller: eve });
    await expect(finish(secretTo(eve.principal.email))).rejects.toMatchObject({ code: 'unauthenticated' });
    await ask(eve.principal.email);
    const proof = proveEmail(site.app, { caller: eve, secret: secretTo(eve.principal.email) });
    await expect(proof).rejects.toMatchObject({ code: 'not_found' });
  });

  test('an admin can vouch for the address shown to them', async () => {
    const eve = await insertUnproven(silent);
    const [admin, user] = [await silent.createUser({ role: 'admin' }), await silent.createUser()];
    const { userId, email } = eve.principal;
    const vouch = (caller: Caller, seen = email) => vouchForEmail(silent.app, { caller, userId, email: seen });
    await expect(vouch(user.caller)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(vouch(admin.caller, 'other@example.org')).rejects.toMatchObject({ code: 'conflict' });
    await vouch(admin.caller);
    expect((await userBy(silent, email))?.emailProvenAt).not.toBeNull();
    const other = await insertUnproven(silent);
    await vouchForEmail(silent.app, { caller: SYSTEM_CALLER, ...other.principal });
    expect(await silent.app.db.auditEvent.count({ where: { action: 'user.vouch-email' } })).toBe(2);
  });

  test('an operator can take over only unproven accounts', async () => {
    const eve = await insertUnproven(silent);
    const account = {
      email: eve.principal.email,
      password: 'the owner’s password',
      displayName: 'Owner',
      caller: SYSTEM_CALLER,
    };
    const create = (isTakeOver: boolean) => createUser(silent.app, { ...account, role: 'user', isTakeOver });
    await expect(create(false)).rejects.toMatchObject({ code: 'name_taken' });
    expect(await create(true)).toMatchObject({ userId: eve.principal.userId, displayName: 'Owner' });
    await signInUser(silent.app, { ...account, address: null });
    await expect(create(true)).rejects.toMatchObject({ code: 'name_taken' });
  });

  test('an unproven account gets no email, no site role and no command-line access', async () => {
    const eve = await insertUnproven(site);
    const admin = await site.createUser({ role: 'admin' });
    const { userId, email } = eve.principal;
    const { id } = await site.app.db.notification.create({ data: { userId, title: 't', body: 'b', href: '/' } });
    const send = () => sendNotificationEmail(site.app, { notificationId: String(id) });
    await send();
    expect(mail.messages).toHaveLength(0);
    const promote = () => changeSiteRole(site.app, { caller: admin.caller, userId, role: 'reviewer' });
    await expect(promote()).rejects.toMatchObject({ code: 'conflict' });
    await expect(findUserByEmail(site.app, { email })).rejects.toMatchObject({ code: 'conflict' });
    await vouchForEmail(site.app, { caller: admin.caller, userId, email });
    await send();
    expect(mail.messages).toHaveLength(1);
    await promote();
    expect(await findUserByEmail(site.app, { email })).toMatchObject({ userId });
  });
});

describe('changing the address', () => {
  const change = (on: TestApp, user: TestUser, email: string, currentPassword: string | null = user.password) =>
    changeEmail(on.app, { caller: user.caller, sessionId: null, email, currentPassword });

  test('keeps the old address until the new one is proven, and notifies it', async () => {
    const user = await site.createUser();
    const email = newEmail();
    expect(await change(site, user, email)).toBe('mailed');
    expect(await userBy(site, email)).toBeNull();
    expect(textTo(user.email)).toContain('asked to change the email address of your account');
    await proveEmail(site.app, { caller: user.caller, secret: secretTo(email) });
    expect((await userBy(site, email))?.emailProvenAt).not.toBeNull();
    expect(textTo(user.email)).toContain('has changed');
    await signInUser(site.app, { email, password: user.password, address: null });
    await expect(signInUser(site.app, { ...user, address: null })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('requires the password or a recent sign-in', async () => {
    const user = await site.createUser();
    for (const wrong of [null, 'not the password']) {
      await expect(change(site, user, newEmail(), wrong)).rejects.toMatchObject({
        code: 'invalid_input',
        detail: { fieldErrors: { currentPassword: expect.any(String) as string } },
      });
    }
    expect(mail.messages).toHaveLength(0);
    const { userId } = user.caller.principal;
    await site.app.db.user.update({ where: { id: userId }, data: { passwordHash: null } });
    const sessionId = await openTestSession(site.app, { user: user.caller.principal, method: 'oidc' });
    const again = () => {
      const input = { caller: user.caller, sessionId, currentPassword: null };
      return changeEmail(site.app, { ...input, email: newEmail() });
    };
    expect(await again()).toBe('mailed');
    await site.app.db.session.update({
      where: { id: sessionId },
      data: { createdAt: new Date(Date.now() - 11 * 60_000) },
    });
    await expect(again()).rejects.toMatchObject({ code: 'forbidden' });
    const password = { caller: user.caller, currentPassword: null, newPassword: 'a thief’s password' };
    const setPassword = changePassword(site.app, { ...password, keepSessionId: sessionId, endsAccessTokens: false });
    await expect(setPassword).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await site.createUser();
    const theirs = await openTestSession(site.app, { user: stranger.caller.principal, method: 'oidc' });
    const borrowed = { ...password, keepSessionId: theirs, endsAccessTokens: false };
    await expect(changePassword(site.app, borrowed)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('a recent session must be active and its account enabled', async () => {
    const { caller } = await site.createUser();
    const { userId } = caller.principal;
    const sessionId = await openTestSession(site.app, { user: caller.principal, method: 'oidc' });
    const whose = () => findRecentSessionUser(site.app, { sessionId });
    expect(await whose()).toBe(userId);
    await site.app.db.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
    expect(await whose()).toBeNull();
    await site.app.db.user.update({ where: { id: userId }, data: { disabledAt: null } });
    await site.app.db.session.update({ where: { id: sessionId }, data: { revokedAt: new Date() } });
    expect(await whose()).toBeNull();
  });

  test('a confirmation is void once the password changes', async () => {
    const { caller, password } = await site.createUser();
    const mark = await confirmIdentity(site.app, { caller, sessionId: null, password });
    const isStillConfirmed = () => site.app.db.$transaction((tx) => requireConfirmed(tx, caller, mark));
    await isStillConfirmed();
    await site.app.db.user.update({ where: { id: caller.principal.userId }, data: { passwordHash: 'another' } });
    await expect(isStillConfirmed()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('password attempts are rate-limited like sign-ins', async () => {
    const user = await site.createUser();
    const guess = () => change(site, user, newEmail(), 'a guess').catch((error: { code: string }) => error.code);
    const codes = [];
    for (let i = 0; i < 7; i += 1) codes.push(await guess());
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'invalid_input'), 'rate_limited', 'rate_limited']);
  });

  test('is not allowed with an access token', async () => {
    const user = await site.createUser();
    const caller = { ...user.caller, principal: { ...user.caller.principal, scopes: [], apiAccess: 'write' as const } };
    const input = { caller, sessionId: null, email: newEmail(), currentPassword: user.password };
    await expect(changeEmail(site.app, input)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(proveEmail(site.app, { caller, secret: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('limits emails per account', async () => {
    const user = await site.createUser();
    for (let i = 0; i < 10; i += 1) await change(site, user, newEmail());
    await expect(change(site, user, newEmail())).rejects.toMatchObject({ code: 'rate_limited' });
  });

  test('does not reveal that the new address is taken', async () => {
    const [user, other] = [await site.createUser(), await site.createUser()];
    expect(await change(site, user, other.email)).toBe('mailed');
    expect(secretTo(other.email)).toBe('');
    expect(textTo(other.email)).toContain('You already have an account');
  });

  test('another request or a new password revokes earlier links', async () => {
    const user = await site.createUser();
    const [first, second] = [newEmail(), newEmail()];
    await change(site, user, first);
    await change(site, user, second);
    const prove = (email: string) => proveEmail(site.app, { caller: user.caller, secret: secretTo(email) });
    await expect(prove(first)).rejects.toMatchObject({ code: 'not_found' });
    await changePassword(site.app, {
      caller: user.caller,
      currentPassword: user.password,
      newPassword: 'a brand new password',
      keepSessionId: null,
      endsAccessTokens: false,
    });
    await expect(prove(second)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is immediate without a mail server, and proven only for admins', async () => {
    const [user, admin] = [await silent.createUser(), await silent.createUser({ role: 'admin' })];
    const [first, second] = [newEmail(), newEmail()];
    expect(await change(silent, user, first)).toBe('changed');
    expect(await userBy(silent, first)).toMatchObject({ emailProvenAt: null });
    await change(silent, admin, second);
    expect((await userBy(silent, second))?.emailProvenAt).not.toBeNull();
    await expect(change(silent, admin, first)).rejects.toMatchObject({ code: 'name_taken' });
  });

  test('an address changed by an older version becomes unproven', async () => {
    const user = await silent.createUser();
    const email = newEmail();
    await silent.app.db.user.update({ where: { id: user.caller.principal.userId }, data: { email } });
    expect(await userBy(silent, email)).toMatchObject({ emailProvenAt: null });
  });
});

describe('signing up without a mail server', () => {
  test('creates an unproven account and is limited per address', async () => {
    const account = { email: newEmail(), password: 'a long password', displayName: 'Ada', address: null };
    await signUpUser(silent.app, account);
    expect(await userBy(silent, account.email)).toMatchObject({ emailProvenAt: null });
    for (let i = 1; i < 10; i += 1) {
      await expect(signUpUser(silent.app, account)).rejects.toMatchObject({ code: 'name_taken' });
    }
    await expect(signUpUser(silent.app, account)).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(requestSignUp(silent.app, account)).rejects.toMatchObject({ code: 'unsupported' });
  });
});

test('the migration marks accounts vouched for by an admin or identity provider as proven', async () => {
  const own = await createTestApp();
  const { db } = own.app;
  const add = async (name: string, audit: { action: string; target?: string; at?: Date } | null, role = 'user') => {
    const email = `${name}@example.org`;
    const user = await db.user.create({ data: { email, displayName: name, role: role as 'user' } });
    if (!audit) return;
    const data = { actorId: user.id, actorLabel: 'x', target: email, ...audit };
    await db.auditEvent.create({ data });
  };
  await add('staff', null, 'reviewer');
  await add('created', { action: 'user.create' });
  await add('linked', { action: 'user.link-oidc' });
  await add('signed-up', { action: 'user.sign-up' });
  await add('moved', { action: 'user.create', target: 'before@example.org' });
  await add('reused', { action: 'user.create', at: new Date(Date.now() - 3_600_000) });
  const sql = readFileSync('prisma/migrations/20261128110000_proven_addresses/migration.sql', 'utf8');
  const update = /UPDATE users u[^;]+;/.exec(sql)?.[0] ?? '';
  await db.$executeRawUnsafe(update);
  const proven = await db.user.findMany({ where: { emailProvenAt: { not: null } }, orderBy: { email: 'asc' } });
  expect(proven.map(({ displayName }) => displayName)).toEqual(['created', 'linked', 'staff']);
  await own.close();
});
