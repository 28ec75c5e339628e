// Proof of addresses by mailed links and admins, tested with a real mail server.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { askEmailProof } from './ask-email-proof.ts';
import { changeSiteRole } from '#lib/identity/accounts/change-site-role.ts';
import { createUser } from '#lib/identity/accounts/create-user.ts';
import { findUserByEmail } from '#lib/identity/accounts/find-user-by-email.ts';
import { finishSignUp } from '#lib/identity/sign-up/finish-sign-up.ts';
import { sendNotificationEmail } from '#lib/identity/jobs/send-notification-email.ts';
import { findEmailProof, proveEmail } from './prove-email.ts';
import { requestSignUp } from '#lib/identity/sign-up/request-sign-up.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { vouchForEmail } from './vouch-for-email.ts';
import { type Caller, SYSTEM_CALLER } from '#lib/access/schema.ts';
import { useMailSites } from '#lib/testing/use-mail-sites.ts';

const sites = useMailSites({ SIGN_UPS_PER_HOUR: '50' });
const { secretTo, insertUnproven } = sites;
const userBy = (app: TestApp, email: string) => app.app.db.user.findUnique({ where: { email } });
const ask = (email: string, displayName = 'Ada') =>
  requestSignUp(sites.site.app, { email, displayName, address: null });
const finish = (secret: string, password = 'a long password') =>
  finishSignUp(sites.site.app, { secret, password, displayName: 'Ada', address: null });

describe('proving an account’s address', () => {
  test('requires the link and a session of that account', async () => {
    const eve = await insertUnproven(sites.site);
    const owner = await sites.site.createUser();
    await askEmailProof(sites.site.app, { caller: eve });
    const secret = secretTo(eve.principal.email);
    expect(await findEmailProof(sites.site.app, { caller: owner.caller, secret })).toBeNull();
    await expect(proveEmail(sites.site.app, { caller: owner.caller, secret })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await userBy(sites.site, eve.principal.email))?.emailProvenAt).toBeNull();
    await proveEmail(sites.site.app, { caller: eve, secret });
    expect((await userBy(sites.site, eve.principal.email))?.emailProvenAt).not.toBeNull();
    await expect(proveEmail(sites.site.app, { caller: eve, secret })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('sign-up links and proof links are not interchangeable', async () => {
    const eve = await insertUnproven(sites.site);
    await askEmailProof(sites.site.app, { caller: eve });
    await expect(finish(secretTo(eve.principal.email))).rejects.toMatchObject({ code: 'unauthenticated' });
    await ask(eve.principal.email);
    const proof = proveEmail(sites.site.app, { caller: eve, secret: secretTo(eve.principal.email) });
    await expect(proof).rejects.toMatchObject({ code: 'not_found' });
  });

  test('an admin can vouch for the address shown to them', async () => {
    const eve = await insertUnproven(sites.silent);
    const [admin, user] = [await sites.silent.createUser({ role: 'admin' }), await sites.silent.createUser()];
    const { userId, email } = eve.principal;
    const vouch = (caller: Caller, seen = email) => vouchForEmail(sites.silent.app, { caller, userId, email: seen });
    await expect(vouch(user.caller)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(vouch(admin.caller, 'other@example.org')).rejects.toMatchObject({ code: 'conflict' });
    await vouch(admin.caller);
    expect((await userBy(sites.silent, email))?.emailProvenAt).not.toBeNull();
    const other = await insertUnproven(sites.silent);
    await vouchForEmail(sites.silent.app, { caller: SYSTEM_CALLER, ...other.principal });
    expect(await sites.silent.app.db.auditEvent.count({ where: { action: 'user.vouch-email' } })).toBe(2);
  });

  test('an operator can take over only unproven accounts', async () => {
    const eve = await insertUnproven(sites.silent);
    const account = {
      email: eve.principal.email,
      password: 'the owner’s password',
      displayName: 'Owner',
      caller: SYSTEM_CALLER,
    };
    const create = (isTakeOver: boolean) => createUser(sites.silent.app, { ...account, role: 'user', isTakeOver });
    await expect(create(false)).rejects.toMatchObject({ code: 'name_taken' });
    expect(await create(true)).toMatchObject({ userId: eve.principal.userId, displayName: 'Owner' });
    await signInUser(sites.silent.app, { ...account, address: null });
    await expect(create(true)).rejects.toMatchObject({ code: 'name_taken' });
  });

  test('an unproven account gets no email, no site role and no command-line access', async () => {
    const eve = await insertUnproven(sites.site);
    const admin = await sites.site.createUser({ role: 'admin' });
    const { userId, email } = eve.principal;
    const { id } = await sites.site.app.db.notification.create({ data: { userId, title: 't', body: 'b', href: '/' } });
    const send = () => sendNotificationEmail(sites.site.app, { notificationId: String(id) });
    await send();
    expect(sites.mail.messages).toHaveLength(0);
    const promote = () => changeSiteRole(sites.site.app, { caller: admin.caller, userId, role: 'reviewer' });
    await expect(promote()).rejects.toMatchObject({ code: 'conflict' });
    await expect(findUserByEmail(sites.site.app, { email })).rejects.toMatchObject({ code: 'conflict' });
    await vouchForEmail(sites.site.app, { caller: admin.caller, userId, email });
    await send();
    expect(sites.mail.messages).toHaveLength(1);
    await promote();
    expect(await findUserByEmail(sites.site.app, { email })).toMatchObject({ userId });
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
