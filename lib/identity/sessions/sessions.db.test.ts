import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_REQUEST } from '#lib/access/schema.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { changePassword } from '#lib/identity/accounts/change-password.ts';
import { endSession } from './end-session.ts';
import { findSessionUser } from './find-session-user.ts';
import { reapSignIns } from '#lib/identity/jobs/reap-sign-ins.ts';
import { listSessions } from './queries.ts';
import { revokeOtherSessions } from './revoke-other-sessions.ts';
import { revokeSession } from './revoke-session.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

async function open(user: TestUser, userAgent = 'Browser/1'): Promise<string> {
  return openTestSession(site.app, { user: user.caller.principal, userAgent, address: '192.0.2.7' });
}

const isOpen = async (sessionId: string) => (await findSessionUser(site.app, { sessionId })) !== null;

describe('sessions', () => {
  test('are listed with their origin and end individually', async () => {
    const user = await site.createUser();
    const [first, second] = [await open(user, 'A'), await open(user, 'B'.repeat(1_000))];
    const sessions = await listSessions(site.app, { userId: user.caller.principal.userId });
    expect(sessions.map(({ id }) => id).sort()).toEqual([first, second].sort());
    expect(sessions.every(({ address }) => address === '192.0.2.7')).toBe(true);
    expect(Math.max(...sessions.map(({ userAgent }) => userAgent?.length ?? 0))).toBe(300);
    const started = await site.app.db.auditEvent.findMany({
      where: { action: 'session.start', actorId: user.caller.principal.userId },
    });
    const event = { target: user.email, address: '192.0.2.7', after: { method: 'password' } };
    expect(started).toMatchObject([event, event]);
    await endSession(site.app, { sessionId: first, context: NO_REQUEST });
    expect([await isOpen(first), await isOpen(second)]).toEqual([false, true]);
  });

  test('end together, except the current one', async () => {
    const user = await site.createUser();
    const { userId } = user.caller.principal;
    const [here] = [await open(user), await open(user), await open(user)];
    const caller = { ...user.caller, principal: { ...user.caller.principal, sessionId: here } };
    expect(await revokeOtherSessions(site.app, { caller })).toBe(2);
    expect((await listSessions(site.app, { userId })).map(({ id }) => id)).toEqual([here]);
    expect(await revokeOtherSessions(site.app, { caller })).toBe(0);
    const events = await site.app.db.auditEvent.findMany({ where: { action: 'session.revoke-others' } });
    expect(events).toMatchObject([{ actorId: userId, before: { count: 2 } }]);
  });

  test('are revoked only by their user, not with an access token', async () => {
    const [user, other] = [await site.createUser(), await site.createUser()];
    const id = await open(user);
    await expect(revokeSession(site.app, { caller: other.caller, id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(revokeSession(site.app, { caller: user.caller, id: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    const byToken = { ...user.caller, principal: await authenticateAccessToken(site.app, user.token) };
    await expect(revokeSession(site.app, { caller: byToken, id })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await isOpen(id)).toBe(true);
    await revokeSession(site.app, { caller: user.caller, id });
    expect(await isOpen(id)).toBe(false);
    await expect(revokeSession(site.app, { caller: user.caller, id })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('end when the password changes, except the current one', async () => {
    const user = await site.createUser();
    const [here, elsewhere] = [await open(user), await open(user)];
    const change = {
      caller: user.caller,
      newPassword: 'a brand new password',
      keepSessionId: here,
      endsAccessTokens: false,
    };
    await expect(changePassword(site.app, { ...change, currentPassword: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(await isOpen(elsewhere)).toBe(true);
    await changePassword(site.app, { ...change, currentPassword: user.password });
    expect([await isOpen(here), await isOpen(elsewhere)]).toEqual([true, false]);
  });

  test('changing the password optionally revokes access tokens', async () => {
    const user = await site.createUser();
    const change = { caller: user.caller, keepSessionId: null, newPassword: user.password };
    await changePassword(site.app, { ...change, currentPassword: user.password, endsAccessTokens: false });
    await authenticateAccessToken(site.app, user.token);
    await changePassword(site.app, { ...change, currentPassword: user.password, endsAccessTokens: true });
    await expect(authenticateAccessToken(site.app, user.token)).rejects.toThrow(/revoked/);
  });

  test('are invalid for a disabled account, and old ones are deleted', async () => {
    const { db } = site.app;
    const user = await site.createUser();
    const id = await open(user);
    await db.user.update({ where: { id: user.caller.principal.userId }, data: { disabledAt: new Date() } });
    expect(await isOpen(id)).toBe(false);
    await reapSignIns(site.app);
    expect(await db.session.count({ where: { id } })).toBe(1);
    await db.session.update({ where: { id }, data: { lastSeenAt: new Date(Date.now() - 32 * 86_400_000) } });
    await reapSignIns(site.app);
    expect(await db.session.count({ where: { id } })).toBe(0);
  });

  test('update lastSeenAt at most once a minute', async () => {
    const { db } = site.app;
    const id = await open(await site.createUser());
    const { lastSeenAt: first } = await db.session.findUniqueOrThrow({ where: { id } });
    await isOpen(id);
    expect((await db.session.findUniqueOrThrow({ where: { id } })).lastSeenAt).toEqual(first);
    await db.session.update({ where: { id }, data: { lastSeenAt: new Date(Date.now() - 61_000) } });
    await isOpen(id);
    const { lastSeenAt } = await db.session.findUniqueOrThrow({ where: { id } });
    expect(Date.now() - lastSeenAt.getTime()).toBeLessThan(10_000);
  });
});
