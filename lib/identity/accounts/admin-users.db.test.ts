import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { changeSiteRole } from './change-site-role.ts';
import { resetPassword } from '#lib/identity/password-reset/reset-password.ts';
import { createUserByLink } from './create-user-by-link.ts';
import { disableUser } from './disable-user.ts';
import { enableUser } from './enable-user.ts';
import { findSessionUser } from '#lib/identity/sessions/find-session-user.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { listUsers } from './user-queries.ts';

let site: TestApp;
let admin: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
});
afterAll(() => site.close());

const idOf = (user: TestUser) => user.caller.principal.userId;
const disable = (user: TestUser, by = admin, reason = 'Spam.') =>
  disableUser(site.app, { caller: by.caller, userId: idOf(user), reason });

describe('disabling an account', () => {
  test('permanently ends its sessions and tokens but allows signing in once enabled again', async () => {
    const { app } = site;
    const user = await site.createUser();
    const sessionId = await openTestSession(app, { user: user.caller.principal });
    await disable(user);
    await disable(user);
    const signIn = () => signInUser(app, { email: user.email, password: user.password, address: null });
    await expect(signIn()).rejects.toMatchObject({ code: 'forbidden' });
    await enableUser(app, { caller: admin.caller, userId: idOf(user) });
    expect(await findSessionUser(app, { sessionId })).toBeNull();
    await expect(authenticateAccessToken(app, user.token)).rejects.toMatchObject({ code: 'unauthenticated' });
    await signIn();
    // Ignore denied sign-ins, which are recorded asynchronously.
    const where = { target: user.email, action: { startsWith: 'user.' } };
    const actions = await app.db.auditEvent.findMany({ where, orderBy: { id: 'asc' } });
    expect(actions.map(({ action }) => action).slice(-2)).toEqual(['user.disable', 'user.enable']);
  });

  test('ends its memberships if asked, also later, except where it is the only owner', async () => {
    const { app } = site;
    const user = await site.createUser();
    const other = await site.createUser();
    const registryKey = await ensureRegistry(app, { caller: other.caller });
    await app.db.member.create({ data: { registryKey, userId: idOf(user), role: 'pusher' } });
    const own = await ensureRegistry(app, { caller: user.caller });
    await app.db.member.create({ data: { registryKey: own, userId: idOf(other), role: 'maintainer' } });
    const { registryId } = await app.db.registry.findUniqueOrThrow({ where: { id: own } });
    const keysOf = async () =>
      (await app.db.member.findMany({ where: { userId: idOf(user) } })).map((member) => member.registryKey);
    expect(await disable(user)).toEqual({ left: 0, kept: [] });
    expect(await keysOf()).toHaveLength(2);
    const input = { caller: admin.caller, userId: idOf(user), reason: 'Left.', endMemberships: true };
    expect(await disableUser(app, input)).toEqual({ left: 1, kept: [registryId] });
    expect(await keysOf()).toEqual([own]);
    const where = { registryKey, action: 'member.remove' };
    expect(await app.db.auditEvent.findMany({ where })).toMatchObject([
      { target: user.email, actorLabel: admin.email, before: { role: 'pusher' } },
    ]);
    // An owner whose account doesn't work is no other owner.
    await app.db.member.create({ data: { registryKey, userId: idOf(user), role: 'owner' } });
    await disableUser(app, { ...input, userId: idOf(other) });
    expect(await app.db.member.count({ where: { registryKey, userId: idOf(other) } })).toBe(1);
  });

  test('is for a directory that knows the address or the id at the identity provider', async () => {
    const user = await site.createUser();
    await site.app.db.oidcIdentity.create({ data: { issuer: 'https://id', subject: 'S-1', userId: idOf(user) } });
    const find = async (by: { email?: string; subject?: string }) =>
      (await listUsers(site.app, { query: '', role: null, offset: 0, limit: 5, ...by })).rows.map(({ id }) => id);
    expect(await find({ email: user.email.toUpperCase() })).toEqual([idOf(user)]);
    expect(await find({ email: user.email.slice(1) })).toEqual([]);
    expect(await find({ subject: 'S-1' })).toEqual([idOf(user)]);
    expect(await find({ subject: 's-1' })).toEqual([]);
  });

  test('requires an admin, a reason and an existing user', async () => {
    const user = await site.createUser();
    const reviewer = await site.createUser({ role: 'reviewer' });
    await expect(disable(user, reviewer)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(disable(user, admin, ' ')).rejects.toMatchObject({ code: 'invalid_input' });
    for (const userId of ['x', '00000000-0000-7000-8000-000000000000']) {
      const input = { caller: admin.caller, userId, reason: 'x' };
      await expect(disableUser(site.app, input)).rejects.toMatchObject({ code: 'not_found' });
      await expect(enableUser(site.app, input)).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});

describe('site roles', () => {
  const change = (user: TestUser, role: 'user' | 'reviewer' | 'admin', by = admin) =>
    changeSiteRole(site.app, { caller: by.caller, userId: idOf(user), role });

  test('are assigned by admins', async () => {
    const user = await site.createUser();
    await change(user, 'reviewer');
    expect(await site.app.db.user.findUnique({ where: { id: idOf(user) } })).toMatchObject({ role: 'reviewer' });
    await expect(change(user, 'admin', user)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(change(user, 'king' as 'admin')).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('keep the last admin, even if two step down concurrently', async () => {
    await expect(change(admin, 'user')).rejects.toMatchObject({ code: 'conflict' });
    await expect(disable(admin)).rejects.toMatchObject({ code: 'conflict' });
    const second = await site.createUser({ role: 'admin' });
    const both = await Promise.allSettled([change(admin, 'user'), disable(second, second)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await site.app.db.user.count({ where: { role: 'admin', disabledAt: null } })).toBe(1);
  });
});

test('listUsers searches by email, name and role and omits password hashes', async () => {
  const user = await site.createUser({ role: 'reviewer' });
  const list = (query: string, role: 'reviewer' | null = null) =>
    listUsers(site.app, { query, role, offset: 0, limit: 50 });
  const { rows, total } = await list(user.email.toUpperCase(), 'reviewer');
  expect(total).toBe(1);
  expect(rows[0]).not.toHaveProperty('passwordHash');
  expect((await list('_%')).total).toBe(0);
});

describe('an account created with a link', () => {
  const input = () => ({ email: `new-${randomUUID()}@example.org`, displayName: 'New Person', role: 'user' as const });

  test('gets its password by the link, once', async () => {
    const { email, ...rest } = input();
    const { url, userId } = await createUserByLink(site.app, { ...admin, email, ...rest });
    const secret = new URL(url).searchParams.get('secret') ?? '';
    const password = 'a password of my own';
    const reset = { secret, password, endsAccessTokens: false, address: null };
    expect(await resetPassword(site.app, reset)).toMatchObject({ userId, email });
    await expect(resetPassword(site.app, reset)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await site.app.db.user.findUniqueOrThrow({ where: { id: userId } })).toMatchObject({
      emailProvenAt: expect.any(Date) as Date,
      role: 'user',
    });
    expect(await site.app.db.auditEvent.count({ where: { action: 'user.create', target: email } })).toBe(1);
  });

  test('is created by admins only, once per address', async () => {
    const { caller } = await site.createUser({ role: 'reviewer' });
    await expect(createUserByLink(site.app, { caller, ...input() })).rejects.toMatchObject({ code: 'forbidden' });
    const same = input();
    const results = await Promise.allSettled([
      createUserByLink(site.app, { ...admin, ...same }),
      createUserByLink(site.app, { ...admin, ...same }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = { email: 'nonsense', displayName: '', role: 'owner' as 'user' };
    await expect(createUserByLink(site.app, { ...admin, ...refused })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});
