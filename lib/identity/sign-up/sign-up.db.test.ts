// Sign-up by mailed links, tested with a real mail server, and without one.
import { describe, expect, test } from 'vitest';
import { type TestApp } from '#lib/testing/create-test-app.ts';
import { findSignUp, finishSignUp } from './finish-sign-up.ts';
import { reapSignIns } from '#lib/identity/jobs/reap-sign-ins.ts';
import { requestSignUp } from './request-sign-up.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { signUpUser } from './sign-up-user.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { insertUser } from '#lib/identity/accounts/store.ts';
import { useMailSites } from '#lib/testing/use-mail-sites.ts';

const sites = useMailSites({ SIGN_UPS_PER_HOUR: '50' });
const { newEmail, textTo, secretTo, insertUnproven } = sites;
const userBy = (app: TestApp, email: string) => app.app.db.user.findUnique({ where: { email } });
const ask = (email: string, displayName = 'Ada') =>
  requestSignUp(sites.site.app, { email, displayName, address: null });
const finish = (secret: string, password = 'a long password') =>
  finishSignUp(sites.site.app, { secret, password, displayName: 'Ada', address: null });

describe('signing up by email', () => {
  test('creates no account until the link is opened, and the link works once', async () => {
    const email = newEmail();
    await ask(email.toUpperCase());
    expect(await userBy(sites.site, email)).toBeNull();
    expect(textTo(email)).toContain('https://g.example/signup/finish?secret=');
    const secret = secretTo(email);
    expect(JSON.stringify(await sites.site.app.db.emailProof.findMany({ where: { email } }))).not.toContain(secret);
    expect(await findSignUp(sites.site.app, { secret })).toEqual({ email, displayName: 'Ada', isTakeOver: false });
    await expect(finish(secret, 'short')).rejects.toMatchObject({ code: 'invalid_input' });
    const both = await Promise.allSettled([finish(secret), finish(secret)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await userBy(sites.site, email))?.emailProvenAt).not.toBeNull();
    await signInUser(sites.site.app, { email, password: 'a long password', address: null });
    await expect(finish(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await findSignUp(sites.site.app, { secret })).toBeNull();
  });

  test('requires the link to set a password, and the email contains no user-supplied text', async () => {
    const email = newEmail();
    await ask(email, 'Buy gold at gold.example');
    expect(textTo(email)).not.toContain('gold');
    const password = { email, password: 'the stranger’s password', displayName: 'x', address: null };
    await expect(signUpUser(sites.site.app, password)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('expires links and deletes their rows', async () => {
    const email = newEmail();
    await ask(email);
    await sites.site.app.db.emailProof.updateMany({ where: { email }, data: { expiresAt: new Date() } });
    await expect(finish(secretTo(email))).rejects.toMatchObject({ code: 'unauthenticated' });
    await reapSignIns(sites.site.app);
    expect(await sites.site.app.db.emailProof.count({ where: { email } })).toBe(1);
    await sites.site.app.db.emailProof.updateMany({
      where: { email },
      data: { expiresAt: new Date(Date.now() - 90_000_000) },
    });
    await reapSignIns(sites.site.app);
    expect(await sites.site.app.db.emailProof.count({ where: { email } })).toBe(0);
  });

  test('does not reveal that an address is taken', async () => {
    const { email } = await sites.site.createUser();
    const free = newEmail();
    const before = await userBy(sites.site, email);
    expect(await ask(email)).toBe(await ask(free));
    for (const address of [email, free]) {
      expect(sites.mail.messages.filter(({ to }) => to.includes(address))).toHaveLength(1);
      expect(await sites.site.app.db.emailProof.count({ where: { email: address } })).toBe(1);
    }
    expect(secretTo(email)).toBe('');
    expect(textTo(email)).toContain('You already have an account');
    expect(await userBy(sites.site, email)).toEqual(before);
  });

  test('limits emails per address, taken or not', async () => {
    const taken = (await sites.site.createUser()).email;
    for (const email of [taken, newEmail()]) {
      for (let i = 0; i < 3; i += 1) await ask(email);
      await expect(ask(email)).rejects.toMatchObject({ code: 'rate_limited' });
      expect(sites.mail.messages.filter(({ to }) => to.includes(email))).toHaveLength(3);
    }
    await ask(newEmail());
  });

  test('limits sign-ups per client network', async () => {
    const app = { ...sites.site.app, config: { ...sites.site.app.config, signUpsPerHour: 2 } };
    const from = (address: string) => requestSignUp(app, { email: newEmail(), displayName: 'Ada', address });
    await from('2001:db8:0:7::1');
    await from('2001:db8:0:7::2');
    await expect(from('2001:db8:0:7:ffff::3')).rejects.toMatchObject({ code: 'rate_limited' });
    await from('2001:db8:0:8::1');
  });

  test('reports a failing mail server', async () => {
    sites.mail.setRefusing(true);
    await expect(ask(newEmail())).rejects.toMatchObject({ code: 'unavailable' });
    sites.mail.setRefusing(false);
  });

  test('takes over an unproven account with the same address', async () => {
    const eve = await insertUnproven(sites.site);
    const sessionId = await openTestSession(sites.site.app, { user: eve.principal, method: 'oidc' });
    await ask(eve.principal.email);
    expect(await findSignUp(sites.site.app, { secret: secretTo(eve.principal.email) })).toMatchObject({
      isTakeOver: true,
    });
    const user = await finish(secretTo(eve.principal.email));
    expect(user).toMatchObject({ userId: eve.principal.userId, displayName: 'Ada' });
    expect(await sites.site.app.db.session.findUnique({ where: { id: sessionId } })).toMatchObject({
      revokedAt: expect.any(Date) as Date,
    });
  });

  test('fails if the address got an account in the meantime', async () => {
    const email = newEmail();
    await ask(email);
    const first = secretTo(email);
    await insertUser(sites.site.app.db, {
      email,
      displayName: 'x',
      passwordHash: null,
      role: 'user',
      isEmailProven: true,
    });
    await expect(finish(first)).rejects.toMatchObject({ code: 'name_taken' });
  });
});

describe('signing up without a mail server', () => {
  test('creates an unproven account and is limited per address', async () => {
    const account = { email: newEmail(), password: 'a long password', displayName: 'Ada', address: null };
    await signUpUser(sites.silent.app, account);
    expect(await userBy(sites.silent, account.email)).toMatchObject({ emailProvenAt: null });
    for (let i = 1; i < 10; i += 1) {
      await expect(signUpUser(sites.silent.app, account)).rejects.toMatchObject({ code: 'name_taken' });
    }
    await expect(signUpUser(sites.silent.app, account)).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(requestSignUp(sites.silent.app, account)).rejects.toMatchObject({ code: 'unsupported' });
  });
});
