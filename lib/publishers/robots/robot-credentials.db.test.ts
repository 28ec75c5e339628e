// What ends the credentials of robots, and how robots stay apart from people.
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { UserCaller } from '#lib/access/schema.ts';
import { readSetupSteps } from '#lib/api/read-setup-steps.ts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { listAccessKeys } from '#lib/identity/access-keys/list-access-keys.ts';
import { switchAccessKey } from '#lib/identity/access-keys/switch-access-key.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { changeSiteRole } from '#lib/identity/accounts/change-site-role.ts';
import { takeOverAccount } from '#lib/identity/accounts/take-over-account.ts';
import { listUsers } from '#lib/identity/accounts/user-queries.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createResetLink } from '#lib/identity/password-reset/create-reset-link.ts';
import { changeMemberRole } from '#lib/publishers/members/change-member-role.ts';
import { leaveRegistry } from '#lib/publishers/members/leave-registry.ts';
import { listMembers } from '#lib/publishers/members/member-queries.ts';
import { removeMember } from '#lib/publishers/members/remove-member.ts';
import { addIdentityProvider } from '#lib/publishers/identity-providers/add-identity-provider.ts';
import { createRole } from '#lib/publishers/roles/create-role.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { createRobotKey } from './create-robot-key.ts';
import { createRobotToken } from './create-robot-token.ts';
import { removeRobot } from './remove-robot.ts';
import { revokeRobotToken } from './revoke-robot-token.ts';
import { listRobotCredentials, listRobots } from './robot-queries.ts';
import { updateRobot } from './update-robot.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';

const fixture = useRobotSite();
let site: TestApp;
let owner: TestUser;
let registryKey: bigint;
beforeEach(() => {
  ({ vitrine: site, owner, registryKey } = fixture);
});

describe('a robot’s credentials', () => {
  test('end with it at once', async () => {
    const robot = await createTestRobot(site, owner);
    expect([await fixture.logIn(robot.token), (await fixture.identify(robot)).Account]).toEqual([
      200,
      robot.registryId,
    ]);
    await removeRobot(site.app, { caller: owner.caller, registryKey, name: robot.name });
    expect(await fixture.logIn(robot.token)).toBe(401);
    await expect(fixture.identify(robot)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    const rows = await Promise.all([
      site.app.db.member.count({ where: { userId: robot.userId } }),
      site.app.db.accessKey.count({ where: { userId: robot.userId } }),
      site.app.db.accessToken.count({ where: { userId: robot.userId } }),
    ]);
    expect(rows).toEqual([0, 0, 0]);
    const removed = await site.app.db.auditEvent.findFirstOrThrow({ where: { registryKey, action: 'robot.remove' } });
    expect(removed).toMatchObject({ target: robot.name, before: { role: 'pusher' } });
  });

  test('are refused while it is disabled, and work again afterwards', async () => {
    const robot = await createTestRobot(site, owner);
    const { caller } = owner;
    await updateRobot(site.app, { caller, registryKey, name: robot.name, isEnabled: false });
    expect(await fixture.logIn(robot.token)).toBe(401);
    await expect(fixture.identify(robot)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await updateRobot(site.app, { caller, registryKey, name: robot.name, isEnabled: true });
    expect([await fixture.logIn(robot.token), (await fixture.identify(robot)).Account]).toEqual([
      200,
      robot.registryId,
    ]);
  });

  test('stay when the member who created them leaves', async () => {
    const maintainer = await fixture.join('maintainer');
    const robot = await createTestRobot(site, { caller: maintainer }, { registryKey });
    await leaveRegistry(site.app, { caller: maintainer, registryKey });
    expect([await fixture.logIn(robot.token), (await fixture.identify(robot)).Account]).toEqual([
      200,
      robot.registryId,
    ]);
    await expect(createRobotKey(site.app, { caller: maintainer, registryKey, name: robot.name })).rejects.toMatchObject(
      { code: 'forbidden' },
    );
  });

  test('are revoked, disabled and deleted one by one, and listed without secrets', async () => {
    const robot = await createTestRobot(site, owner);
    const asked = { caller: owner.caller, registryKey, name: robot.name };
    await fixture.identify(robot);
    const { accessTokens, accessKeys } = await listRobotCredentials(site.app, asked);
    expect(accessTokens).toMatchObject([{ name: 'test', lastUsedAt: null }]);
    expect(accessKeys).toMatchObject([{ accessKeyId: robot.key.accessKeyId, lastUsedService: 'sts' }]);
    expect(JSON.stringify([accessTokens, accessKeys])).not.toContain(robot.token);
    expect((await listRobots(site.app, asked))[0]?.lastUsedAt).toEqual(accessKeys[0]?.lastUsedAt);
    await switchAccessKey(site.app, { ...asked, accessKeyId: robot.key.accessKeyId, isEnabled: false });
    await expect(fixture.identify(robot)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await revokeRobotToken(site.app, { ...asked, id: accessTokens[0]?.id ?? '' });
    expect(await fixture.logIn(robot.token)).toBe(401);
    for (const id of ['x', randomUUID(), accessTokens[0]?.id ?? ''])
      await expect(revokeRobotToken(site.app, { ...asked, id })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('are two keys at most, also at the same time', async () => {
    const { name } = await createTestRobot(site, owner);
    const asked = Array.from({ length: 4 }, () =>
      createRobotKey(site.app, { caller: owner.caller, registryKey, name }),
    );
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('are no more powerful and last no longer than what creates them', async () => {
    const { name } = await createTestRobot(site, owner);
    const tokenCaller = async (scopes: string[]) => {
      const { secret } = await createAccessToken(site.app, {
        caller: owner.caller,
        name: 'x',
        scopes,
        expiresInDays: 1,
      });
      return { principal: await authenticateAccessToken(site.app, secret), context: owner.caller.context };
    };
    const confined = await tokenCaller([`repository:${owner.alias}/*:pull,push,delete`, 'api:write']);
    await expect(createRobotKey(site.app, { caller: confined, registryKey, name })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const whole = await tokenCaller(['pull', 'push', 'delete', 'api:write']);
    const { accessKeyId } = await createRobotKey(site.app, { caller: whole, registryKey, name });
    const input = { caller: whole, registryKey, name, tokenName: 'x', scopes: ['pull'], expiresInDays: null };
    const { expiresAt } = await createRobotToken(site.app, input);
    const key = await site.app.db.accessKey.findUniqueOrThrow({ where: { id: accessKeyId } });
    expect([key.expiresAt, expiresAt]).toEqual([
      whole.principal.credentialExpiresAt,
      whole.principal.credentialExpiresAt,
    ]);
  });
});

describe('people', () => {
  test('are listed and managed apart from robots', async () => {
    const robot = await createTestRobot(site, owner, { role: 'maintainer' });
    const { userId } = robot;
    const { caller } = owner;
    const members = await listMembers(site.app, { registryKey });
    expect(members.map((member) => member.userId)).toEqual([caller.principal.userId]);
    const keys = await listAccessKeys(site.app, { caller, registryKey });
    expect(keys).toEqual([]);
    const { rows } = await listUsers(site.app, { query: 'robot', role: null, offset: 0, limit: 100 });
    expect(rows).toEqual([]);
    await expect(changeMemberRole(site.app, { caller, registryKey, userId, role: 'owner' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(removeMember(site.app, { caller, registryKey, userId })).rejects.toMatchObject({ code: 'not_found' });
    await expect(leaveRegistry(site.app, { caller, registryKey })).rejects.toMatchObject({ code: 'conflict' });
    const { caller: admin } = await site.createUser({ role: 'admin' });
    const byAdmin = [
      disableUser(site.app, { caller: admin, userId, reason: 'A test.' }),
      changeSiteRole(site.app, { caller: admin, userId, role: 'admin' }),
      createResetLink(site.app, { caller: admin, userId }),
    ];
    const outcomes = await Promise.allSettled(byAdmin);
    expect(outcomes).toMatchObject(byAdmin.map(() => ({ reason: { code: 'not_found' } })));
  });

  test('who take over an account don’t keep the robots that its former holder knew', async () => {
    const created = await createTestRobot(site, owner);
    const user = { id: owner.caller.principal.userId, email: owner.email, role: 'user' };
    const guest = await fixture.join('maintainer');
    const { app } = site;
    await app.db.$transaction((tx) => takeOverAccount(tx, { user, caller: owner.caller }));
    expect(await app.db.user.count({ where: { registryKey } })).toBe(0);
    await expect(fixture.identify(created)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(listRobots(app, { caller: guest, registryKey })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('who are taken over leave a registry of others with its robots, but without the credentials they created', async () => {
    const kept = await createTestRobot(site, owner);
    const known = await createTestRobot(site, owner);
    const maintainer = await fixture.join('maintainer');
    const own = await createTestRobot(site, { caller: maintainer }, { registryKey });
    await createRobotKey(site.app, { caller: maintainer, registryKey, name: known.name });
    const { userId: id, email } = maintainer.principal;
    await site.app.db.$transaction((tx) =>
      takeOverAccount(tx, { user: { id, email, role: 'user' }, caller: owner.caller }),
    );
    const left = (await listRobots(site.app, { caller: owner.caller, registryKey })).map(({ name }) => name);
    expect(left.sort()).toEqual([kept.name, known.name].sort());
    expect((await fixture.identify(kept)).Account).toBe(kept.registryId);
    for (const robot of [known, own])
      await expect(fixture.identify(robot)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });
});

describe('an account that is taken over', () => {
  const trust = (name: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: name }, Action: 'sts:AssumeRole' }],
    });
  const takeOver = ({ principal: { userId: id, email } }: UserCaller) =>
    site.app.db.$transaction((tx) => takeOverAccount(tx, { user: { id, email, role: 'user' }, caller: owner.caller }));

  /** Returns what a registry's managers might leave behind: a role, an issuer, a policy and a session of a role. */
  async function arrange(caller: UserCaller, roleToAssume: string | null) {
    const { app } = site;
    const { registryId } = await app.db.registry.findUniqueOrThrow({ where: { id: registryKey } });
    const role = { permission: 'reader' as const, description: '', maxSessionSeconds: 3_600 };
    const name = `by-${caller.principal.userId.slice(-8)}`;
    await createRole(app, { caller, registryKey, name, trustPolicy: trust(registryId), ...role });
    await addIdentityProvider(app, { caller, registryKey, issuer: `https://${name}.example`, audiences: ['a'] });
    const fullName = `${owner.alias}/${name}`;
    await createRepository(app, { caller, alias: owner.alias, name, visibility: 'private' });
    const policy = { Statement: { Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' } };
    await setRepositoryPolicy(app, { caller, fullName, text: JSON.stringify(policy) });
    const key = await createAccessKey(app, { caller, registryKey });
    const { sts } = createAwsClients(site.url, key);
    const RoleArn = `arn:aws:iam::${registryId}:role/${roleToAssume ?? name}`;
    const { Credentials: session } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'kept' }));
    return { name, sessionId: session?.AccessKeyId ?? '' };
  }

  async function listLeft() {
    const { db } = site.app;
    const roles = await db.user.findMany({ where: { registryKey, kind: 'role' } });
    const providers = await db.identityProvider.findMany({ where: { registryKey } });
    const repositories = await db.repository.findMany({ where: { registryKey, policy: { not: null } } });
    const sessions = await db.accessKey.findMany({ where: { registryKey, sessionName: { not: null } } });
    return {
      roles: roles.map(({ displayName }) => displayName),
      issuers: providers.map(({ issuer }) => issuer),
      policies: repositories.map(({ name }) => name),
      sessions: sessions.map(({ id }) => id),
    };
  }

  test('keeps no role, issuer, policy or session of its registry', async () => {
    await arrange(owner.caller, null);
    await takeOver(owner.caller);
    expect(await listLeft()).toEqual({ roles: [], issuers: [], policies: [], sessions: [] });
  });

  test('leaves to others what they arranged, and nothing of its own', async () => {
    const kept = await arrange(owner.caller, null);
    const maintainer = await fixture.join('maintainer');
    const own = await arrange(maintainer, kept.name);
    expect((await listLeft()).sessions.sort()).toEqual([kept.sessionId, own.sessionId].sort());
    await takeOver(maintainer);
    expect(await listLeft()).toEqual({
      roles: [kept.name],
      issuers: [`https://${kept.name}.example`],
      policies: [kept.name],
      sessions: [kept.sessionId],
    });
  });
});

test('a site with one person and robots still asks for people', async () => {
  const alone = await createTestApp();
  try {
    const admin = await alone.createUser({ role: 'admin' });
    await createTestRobot(alone, admin);
    await alone.app.db.user.deleteMany({ where: { id: { not: admin.caller.principal.userId }, kind: 'person' } });
    expect(await readSetupSteps(alone.app, { caller: admin.caller })).toMatchObject({ hasPeople: false });
  } finally {
    await alone.close();
  }
});
