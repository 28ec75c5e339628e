// What a registry’s robots and those who manage them may do.
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { UserCaller } from '#lib/access/schema.ts';
import { readAudit } from '#lib/events/read-audit.ts';
import { starRepository } from '#lib/following/star-repository.ts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { switchAccessKey } from '#lib/identity/access-keys/switch-access-key.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createRegistry } from '#lib/publishers/create-registry.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { changeMemberRole } from '#lib/publishers/members/change-member-role.ts';
import { inviteMember } from '#lib/publishers/members/invite-member.ts';
import { leaveRegistry } from '#lib/publishers/members/leave-registry.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import type { TestApp, TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot, type TestRobot } from '#lib/testing/create-test-robot.ts';
import { createRobot } from './create-robot.ts';
import { createRobotKey } from './create-robot-key.ts';
import { createRobotToken } from './create-robot-token.ts';
import { removeRobot } from './remove-robot.ts';
import { listRobotCredentials } from './robot-queries.ts';
import { MAX_ROBOTS, type RobotRole } from './schema.ts';
import { updateRobot } from './update-robot.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';

const fixture = useRobotSite();
let site: TestApp;
let owner: TestUser;
let registryKey: bigint;
beforeEach(() => {
  ({ vitrine: site, owner, registryKey } = fixture);
});

const create = (caller: UserCaller, name = 'ci', role: RobotRole = 'pusher') =>
  createRobot(site.app, { caller, registryKey, name, role, description: '' });
const callerOf = async ({ token }: TestRobot): Promise<UserCaller> => ({
  principal: await authenticateAccessToken(site.app, token),
  context: owner.caller.context,
});
/** What a login may do with a repository. */
async function rightsOf(token: string, fullName: string): Promise<string> {
  const response = await fetch(`${site.url}/token?scope=repository:${fullName}:pull,push,delete`, {
    headers: { authorization: `Basic ${btoa(`any:${token}`)}` },
  });
  const { scope = '' } = (await response.json()) as { scope?: string };
  return scope.replace(/^.*:/, '');
}

describe('creating a robot', () => {
  test('is up to owners and maintainers, and recorded', async () => {
    await expect(create((await site.createUser()).caller)).rejects.toMatchObject({ code: 'forbidden' });
    for (const role of ['reader', 'pusher'] as const)
      await expect(create(await fixture.join(role))).rejects.toMatchObject({ code: 'forbidden' });
    await create(await fixture.join('maintainer'), 'by-maintainer', 'maintainer');
    const { registryId } = await create(owner.caller);
    const user = await site.app.db.user.findFirstOrThrow({ where: { registryKey, displayName: 'ci' } });
    expect(user).toMatchObject({ kind: 'robot', email: `robot:${registryId}/ci`, role: 'user', passwordHash: null });
    const [audited] = await site.app.db.auditEvent.findMany({
      where: { registryKey, action: 'robot.create' },
      orderBy: { id: 'desc' },
    });
    expect(audited).toMatchObject({
      target: 'ci',
      actorLabel: owner.email,
      after: { role: 'pusher', description: '' },
    });
  });

  test.each([
    ...['', ' ', 'CI', 'c i', 'ci-', '-ci', 'ci..x', 'ci/x', 'ci@x', 'cï', 'ci\0', 'c\ni', '*', 'a'.repeat(65)],
    randomUUID(),
  ])('refuses the name %j', async (name) => {
    await expect(create(owner.caller, name)).rejects.toMatchObject({
      code: 'invalid_input',
      detail: { fieldErrors: { name: expect.any(String) as string } },
    });
    expect(await site.app.db.user.count({ where: { registryKey } })).toBe(0);
  });

  test('refuses other roles and long descriptions', async () => {
    for (const wrong of ['owner', 'admin', ''])
      await expect(create(owner.caller, 'ci', wrong as RobotRole)).rejects.toMatchObject({ code: 'invalid_input' });
    const input = { caller: owner.caller, registryKey, name: 'ci', role: 'reader' } as const;
    for (const description of ['x'.repeat(201), 'two\nlines'])
      await expect(createRobot(site.app, { ...input, description })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('gives each name once in a registry, also at the same time, and again once it is free', async () => {
    const outcomes = await Promise.allSettled([create(owner.caller), create(owner.caller), create(owner.caller)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(create(owner.caller)).rejects.toMatchObject({ code: 'name_taken' });
    const other = await site.createUser();
    const otherKey = await ensureRegistry(site.app, { caller: other.caller });
    await createRobot(site.app, {
      caller: other.caller,
      registryKey: otherKey,
      name: 'ci',
      role: 'reader',
      description: '',
    });
    await removeRobot(site.app, { caller: owner.caller, registryKey, name: 'ci' });
    await create(owner.caller);
  });

  test('ends at the limit', async () => {
    const { registryId } = await site.app.db.registry.findUniqueOrThrow({ where: { id: registryKey } });
    const data = Array.from({ length: MAX_ROBOTS }, (_, i) => {
      return { kind: 'robot', email: `robot:${registryId}/r${i}`, displayName: `r${i}`, registryKey } as const;
    });
    await site.app.db.user.createMany({ data });
    await expect(create(owner.caller)).rejects.toMatchObject({ code: 'quota_exceeded' });
  });
});

describe('the database', () => {
  test('holds a robot to its registry, and to a role below owner', async () => {
    const { userId } = await createTestRobot(site, owner);
    const where = { registryKey_userId: { registryKey, userId } };
    const { member } = site.app.db;
    await expect(member.update({ where, data: { role: 'owner' } })).rejects.toThrow();
    await expect(member.update({ where, data: { isDefault: true } })).rejects.toThrow();
    const other = await ensureRegistry(site.app, { caller: (await site.createUser()).caller });
    await expect(member.create({ data: { registryKey: other, userId, role: 'reader' } })).rejects.toThrow();
    expect(await member.findMany({ where: { userId }, select: { role: true } })).toEqual([{ role: 'pusher' }]);
  });

  test('refuses a robot with an address, a password or a role on the site, and a person who looks like a robot', async () => {
    const { userId, registryId } = await createTestRobot(site, owner);
    const { user } = site.app.db;
    const changes = [
      { email: 'robot@example.org' },
      { email: `robot:${registryId}/a@example.org` },
      { passwordHash: 'x' },
      { emailProvenAt: new Date() },
      { role: 'admin' as const },
      { registryKey: null },
      { kind: 'person' as const },
    ];
    for (const data of changes) await expect(user.update({ where: { id: userId }, data })).rejects.toThrow();
    const { userId: personId } = owner.caller.principal;
    for (const data of [{ email: 'robot:210987654321/ci' }, { registryKey }, { kind: 'robot' as const }])
      await expect(user.update({ where: { id: personId }, data })).rejects.toThrow();
  });

  test('never lets a robot sign in, be notified, star or follow', async () => {
    const { userId } = await createTestRobot(site, owner);
    const { id: repositoryId } = await site.app.db.repository.create({ data: { registryKey, name: randomUUID() } });
    const expiresAt = new Date(Date.now() + 60_000);
    const secretHash = randomUUID();
    const { db } = site.app;
    const writes = [
      db.session.create({ data: { userId, method: 'password' } }),
      db.signInLink.create({ data: { userId, secretHash, expiresAt } }),
      db.pendingSignIn.create({ data: { userId, method: 'password', secretHash, credentialMark: '', expiresAt } }),
      db.passwordReset.create({ data: { userId, secretHash, expiresAt } }),
      db.emailProof.create({ data: { userId, email: 'a@example.org', secretHash, expiresAt } }),
      db.oidcIdentity.create({ data: { userId, issuer: 'https://id.example.org', subject: secretHash } }),
      db.totpFactor.create({ data: { userId, sealedSecret: new Uint8Array(1) } }),
      db.recoveryCode.create({ data: { userId, codeHash: secretHash } }),
      db.notification.create({ data: { userId, title: '', body: '', href: '/' } }),
      db.star.create({ data: { userId, repositoryId } }),
      db.repositoryFollow.create({ data: { userId, repositoryId } }),
      db.registryFollow.create({ data: { userId, registryKey } }),
      db.digest.create({ data: { userId, period: 'daily', since: new Date(), dueAt: new Date() } }),
      db.feedLink.create({ data: { userId } }),
      db.passkey.create({
        data: { userId, name: '', credentialId: secretHash, publicKey: new Uint8Array(1), isSynced: false },
      }),
    ];
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.map(({ status }) => status)).toEqual(writes.map(() => 'rejected'));
  });
});

describe('a robot', () => {
  test('acts in its registry by its role, which changes at once, and in no other', async () => {
    const robot = await createTestRobot(site, owner, { role: 'reader' });
    const { caller, alias } = owner;
    await createRepository(site.app, { caller, alias, name: 'app', visibility: 'private' });
    const other = await site.createUser();
    await createRepository(site.app, { caller: other.caller, alias: other.alias, name: 'app', visibility: 'private' });
    expect(await rightsOf(robot.token, `${alias}/app`)).toBe('pull');
    await updateRobot(site.app, { caller, registryKey, name: robot.name, role: 'maintainer' });
    expect(await rightsOf(robot.token, `${alias}/app`)).toBe('pull,push,delete');
    expect(await rightsOf(robot.token, `${other.alias}/app`)).toBe('');
    expect(await fixture.identify(robot)).toMatchObject({
      Account: robot.registryId,
      Arn: `arn:aws:iam::${robot.registryId}:user/${robot.name}`,
    });
  });

  test('follows policies that name it', async () => {
    const robot = await createTestRobot(site, owner);
    const arn = `arn:aws:iam::${robot.registryId}:user/${robot.name}`;
    const other = await site.createUser();
    const attach = async ({ caller, alias }: TestUser, effect: 'Allow' | 'Deny', action: string) => {
      const fullName = `${alias}/app`;
      await createRepository(site.app, { caller, alias, name: 'app', visibility: 'private' });
      const statement = { Effect: effect, Principal: { AWS: arn }, Action: action };
      const text = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      await setRepositoryPolicy(site.app, { caller, fullName, text });
      return fullName;
    };
    expect(await rightsOf(robot.token, await attach(owner, 'Deny', 'ecr:*'))).toBe('');
    const foreign = await attach(other, 'Allow', 'ecr:BatchGetImage');
    expect(await rightsOf(robot.token, foreign)).toBe('pull');
    const another = await createTestRobot(site, owner);
    expect(await rightsOf(another.token, foreign)).toBe('');
  });

  test('is confined by the scopes of its token', async () => {
    const { name } = await createTestRobot(site, owner);
    const { caller, alias } = owner;
    for (const repository of ['app', 'web'])
      await createRepository(site.app, { caller, alias, name: repository, visibility: 'private' });
    const scopes = [`repository:${alias}/app:pull`];
    const { secret } = await createRobotToken(site.app, {
      caller,
      registryKey,
      name,
      tokenName: 'app',
      scopes,
      expiresInDays: null,
    });
    expect(await rightsOf(secret, `${alias}/app`)).toBe('pull');
    expect(await rightsOf(secret, `${alias}/web`)).toBe('');
  });

  test.each(['reader', 'maintainer'] as const)('does nothing that is for people, as %s', async (role) => {
    const robot = await createTestRobot(site, owner, { role });
    const caller = await callerOf(robot);
    const { app } = site;
    const { alias } = owner;
    await createRepository(app, { caller: owner.caller, alias, name: 'app', visibility: 'public' });
    const attempts = [
      create(caller, 'another'),
      createRobotKey(app, { caller, registryKey, name: robot.name }),
      createRobotToken(app, {
        caller,
        registryKey,
        name: robot.name,
        tokenName: 'x',
        scopes: ['pull'],
        expiresInDays: 1,
      }),
      updateRobot(app, { caller, registryKey, name: robot.name, role: 'maintainer' }),
      removeRobot(app, { caller, registryKey, name: robot.name }),
      listRobotCredentials(app, { caller, registryKey, name: robot.name }),
      createAccessKey(app, { caller, registryKey }),
      switchAccessKey(app, { caller, registryKey, accessKeyId: robot.key.accessKeyId, isEnabled: false }),
      createAccessToken(app, { caller, name: 'x', scopes: ['pull'], expiresInDays: 1 }),
      inviteMember(app, { caller, registryKey, email: 'friend@example.org', role: 'reader' }),
      changeMemberRole(app, { caller, registryKey, userId: owner.caller.principal.userId, role: 'reader' }),
      leaveRegistry(app, { caller, registryKey }),
      createRegistry(app, { caller, displayName: 'Mine' }),
      ensureRegistry(app, { caller }),
      starRepository(app, { caller, fullName: `${alias}/app` }),
    ];
    const outcomes = await Promise.allSettled(attempts);
    const codes = outcomes.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'done'));
    expect(codes).toEqual(attempts.map(() => 'forbidden'));
  });

  test('gets no notification that a registry’s managers get', async () => {
    const robot = await createTestRobot(site, owner, { role: 'maintainer' });
    const { caller, alias } = owner;
    await createRepository(site.app, { caller, alias, name: 'app', visibility: 'public' });
    const { caller: admin } = await site.createUser({ role: 'admin' });
    await quarantineRepository(site.app, { caller: admin, fullName: `${alias}/app`, reason: 'A test.' });
    const notified = await site.app.db.notification.findMany({ where: { title: { contains: alias } } });
    expect(notified.map(({ userId }) => userId)).toEqual([caller.principal.userId]);
    expect(await site.app.db.notification.count({ where: { userId: robot.userId } })).toBe(0);
  });

  test('is named in the audit log, and found there', async () => {
    const robot = await createTestRobot(site, owner, { role: 'maintainer' });
    await createRepository(site.app, {
      caller: await callerOf(robot),
      alias: owner.alias,
      name: 'app',
      visibility: 'private',
    });
    const principal = `robot:${robot.registryId}/${robot.name}`;
    const input = { caller: owner.caller, registryKey, before: null, limit: 10 };
    const events = await readAudit(site.app, { ...input, filter: { principal } });
    expect(events.map(({ action, actor }) => [action, actor])).toEqual([['repository.create', principal]]);
    const created = await readAudit(site.app, { ...input, filter: { action: 'access-key.create' } });
    expect(created).toMatchObject([{ actor: owner.email, after: { robot: robot.name } }]);
  });
});
