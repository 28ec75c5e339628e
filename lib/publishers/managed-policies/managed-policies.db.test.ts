// Managed policies of a registry and of AWS, attached to robots, people and teams.
import {
  BatchGetImageCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  InitiateLayerUploadCommand,
} from '@aws-sdk/client-ecr';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import { AWS_POLICIES } from '#lib/access/attached/aws-policies.ts';
import { checkPolicy } from '#lib/access/attached/check-policy.ts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { takeOverAccount } from '#lib/identity/accounts/take-over-account.ts';
import { MAX_ATTACHED_POLICIES } from '#lib/identity/attached-policies/schema.ts';
import { putIdentityPolicy } from '#lib/publishers/identity-policies/put-identity-policy.ts';
import { removeRobot } from '#lib/publishers/robots/remove-robot.ts';
import { createRole } from '#lib/publishers/roles/create-role.ts';
import { addTeamMember } from '#lib/publishers/teams/add-team-member.ts';
import { createTeam } from '#lib/publishers/teams/create-team.ts';
import { removeTeamMember } from '#lib/publishers/teams/remove-team-member.ts';
import { removeTeam } from '#lib/publishers/teams/remove-team.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { explainAccess } from '#lib/repositories/simulator/explain-access.ts';
import { listPrincipals } from '#lib/repositories/simulator/list-principals.ts';
import { createAwsClients, type AwsCredentials } from '#lib/testing/aws/create-aws-clients.ts';
import type { TestApp, TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot, type TestRobot } from '#lib/testing/create-test-robot.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { attachManagedPolicy } from './attach-managed-policy.ts';
import { createManagedPolicy } from './create-managed-policy.ts';
import { createPolicyVersion } from './create-policy-version.ts';
import { deleteManagedPolicy } from './delete-managed-policy.ts';
import { deletePolicyVersion } from './delete-policy-version.ts';
import { detachManagedPolicy } from './detach-managed-policy.ts';
import { listAttachedPolicies, listManagedPolicies, readManagedPolicy } from './managed-policy-queries.ts';
import { MAX_MANAGED_POLICIES, MAX_POLICY_VERSIONS } from './schema.ts';
import { updateManagedPolicy } from './update-managed-policy.ts';

const fixture = useRobotSite();
let site: TestApp;
let owner: TestUser;
let robot: TestRobot;
let asked: { caller: TestUser['caller']; registryKey: bigint };
beforeEach(async () => {
  ({ vitrine: site, owner } = fixture);
  asked = { caller: owner.caller, registryKey: fixture.registryKey };
  robot = await createTestRobot(site, owner, { role: 'none' });
  await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name: 'app', visibility: 'private' });
});

const PULL_ONLY = 'aws:AmazonEC2ContainerRegistryPullOnly';
const PUSH = ['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'];
const textOf = (Action: string | string[], Effect = 'Allow') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Only', Effect, Action, Resource: '*' }] });
const PUSHES = textOf(PUSH);
const TAGS = textOf('ecr:ListImages');
const create = (text = PUSHES, name = 'ci') => createManagedPolicy(site.app, { ...asked, name, description: '', text });
const addVersion = (text: string, isDefault: boolean, name = 'ci') =>
  createPolicyVersion(site.app, { ...asked, name, text, isDefault });
const attach = (policy = 'ci', principal = robot.name) =>
  attachManagedPolicy(site.app, { ...asked, principal, policy });
const detach = (policy = 'ci', principal = robot.name) =>
  detachManagedPolicy(site.app, { ...asked, principal, policy });

async function send(method: string, path: string, token = robot.token): Promise<number> {
  const authorization = `Basic ${Buffer.from(`any:${token}`).toString('base64')}`;
  return (await fetch(`${site.url}/v2/${owner.alias}/app/${path}`, { method, headers: { authorization } })).status;
}
const push = () => send('POST', 'blobs/uploads/');
const tags = () => send('GET', 'tags/list');

describe('a managed policy', () => {
  test('allows what its default version says, wherever it is attached', async () => {
    const { arn } = await create();
    expect(arn).toBe(`arn:aws:iam::${robot.registryId}:policy/ci`);
    const other = await createTestRobot(site, owner, { role: 'none' });
    expect([await push(), await tags()]).toEqual([403, 404]);
    for (const { name } of [robot, other]) await attach('ci', name);
    expect([await push(), await tags()]).toEqual([202, 404]);
    expect(await send('POST', 'blobs/uploads/', other.token)).toBe(202);
    await addVersion(TAGS, false);
    expect([await push(), await tags()]).toEqual([202, 404]);
    await updateManagedPolicy(site.app, { ...asked, name: 'ci', defaultVersion: 2 });
    expect([await push(), await tags()]).toEqual([403, 200]);
    expect(await send('GET', 'tags/list', other.token)).toBe(200);
    await updateManagedPolicy(site.app, { ...asked, name: 'ci', defaultVersion: 1 });
    expect([await push(), await tags()]).toEqual([202, 404]);
    await detach();
    expect([await push(), await tags()]).toEqual([403, 404]);
  });

  test('has five versions at most, whose numbers aren’t used again', async () => {
    await create();
    for (let n = 2; n <= MAX_POLICY_VERSIONS; n += 1) {
      expect(await addVersion(TAGS, n === 3)).toEqual({ version: n, findings: [] });
    }
    const limit = 'A managed policy can have at most 5 versions. Delete one that isn’t the default first.';
    await expect(addVersion(TAGS, true)).rejects.toMatchObject({ code: 'quota_exceeded', message: limit });
    const remove = (version: number) => deletePolicyVersion(site.app, { ...asked, name: 'ci', version });
    await expect(remove(3)).rejects.toMatchObject({ code: 'conflict' });
    await expect(remove(9)).rejects.toMatchObject({ code: 'not_found' });
    await remove(5);
    expect(await addVersion(PUSHES, false)).toMatchObject({ version: 6 });
    const { versions, defaultVersion } = await readManagedPolicy(site.app, { ...asked, policy: 'ci' });
    expect(defaultVersion).toBe(3);
    expect(versions.map(({ version, isDefault }) => [version, isDefault])).toEqual([
      [6, false],
      [4, false],
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect(versions[0]).toMatchObject({ policy: PUSHES, savedBy: owner.email });
    const missing = updateManagedPolicy(site.app, { ...asked, name: 'ci', defaultVersion: 5 });
    await expect(missing).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is deleted only where it is attached to nobody', async () => {
    await create();
    await attach();
    await createTeam(site.app, { ...asked, name: 'release', description: '' });
    await attach('ci', 'team:release');
    await attach('ci', owner.caller.principal.userId);
    const { attachments } = await readManagedPolicy(site.app, { ...asked, policy: 'ci' });
    expect(attachments.map(({ kind, name }) => [kind, name])).toEqual([
      ['team', 'release'],
      ['robot', robot.name],
      ['member', owner.email],
    ]);
    const [view] = await listManagedPolicies(site.app, asked);
    expect(view).toMatchObject({ reference: 'ci', attachmentCount: 3, defaultVersion: 1, isAws: false });
    const remove = () => deleteManagedPolicy(site.app, { ...asked, name: 'ci' });
    for (const { principal } of attachments) {
      await expect(remove()).rejects.toMatchObject({ code: 'conflict' });
      await detach('ci', principal);
    }
    await remove();
    await expect(attach()).rejects.toMatchObject({ code: 'not_found' });
    const { db } = site.app;
    expect(await db.managedPolicyVersion.count({ where: { managedPolicy: asked } }).catch(() => 0)).toBe(0);
  });

  test('leaves one audit event for each change', async () => {
    await create();
    await attach();
    await attach();
    await addVersion(TAGS, true);
    await updateManagedPolicy(site.app, { ...asked, name: 'ci', description: 'For CI.', defaultVersion: 1 });
    await updateManagedPolicy(site.app, { ...asked, name: 'ci', description: 'For CI.' });
    await deletePolicyVersion(site.app, { ...asked, name: 'ci', version: 2 });
    await detach();
    await deleteManagedPolicy(site.app, { ...asked, name: 'ci' });
    const events = await site.app.db.auditEvent.findMany({
      where: { registryKey: asked.registryKey, action: { contains: 'policy' } },
      orderBy: { id: 'asc' },
      select: { action: true, target: true, before: true, after: true },
    });
    expect(events).toEqual([
      { action: 'policy.create', target: 'ci', before: null, after: { description: '', policy: PUSHES } },
      { action: 'member.attach-policy', target: robot.name, before: null, after: { policy: 'ci' } },
      {
        action: 'policy.create-version',
        target: 'ci',
        before: null,
        after: { version: 2, policy: TAGS, isDefault: true },
      },
      {
        action: 'policy.update',
        target: 'ci',
        before: { description: '', defaultVersion: 2 },
        after: { description: 'For CI.', defaultVersion: 1 },
      },
      { action: 'policy.delete-version', target: 'ci', before: { version: 2, policy: TAGS }, after: null },
      { action: 'member.detach-policy', target: robot.name, before: { policy: 'ci' }, after: null },
      { action: 'policy.delete', target: 'ci', before: { versions: 1, policy: PUSHES }, after: null },
    ]);
  });

  test.each(['', 'a b', 'a/b', 'aws:x', 'a\0', 'x'.repeat(129)])('refuses the name %j', async (name) => {
    await expect(create(PUSHES, name)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(attach(name)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('refuses texts that aren’t identity policies, names twice, and more than fifty', async () => {
    for (const text of ['', '{}', textOf('ecr:PutImge'), textOf('vitrine:ManageMembers')]) {
      await expect(create(text)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'name_taken' });
    await expect(addVersion('{}', true)).rejects.toMatchObject({ code: 'invalid_input' });
    const data = Array.from({ length: MAX_MANAGED_POLICIES - 1 }, (_, n) => ({
      registryKey: asked.registryKey,
      name: `p${n}`,
    }));
    await site.app.db.managedPolicy.createMany({ data });
    await expect(create(PUSHES, 'more')).rejects.toMatchObject({ code: 'quota_exceeded' });
  });
});

describe('policies of AWS', () => {
  test.each([...AWS_POLICIES])('%s has no error and no warning', (_name, { policy }) => {
    expect(checkPolicy(policy, { kind: 'identity' }).findings).toEqual([]);
  });

  test('let a robot without a role pull only', async () => {
    await attach(PULL_ONLY);
    // An empty repository has no manifest, which only those who may pull are told.
    expect([await send('GET', 'manifests/latest'), await push(), await tags()]).toEqual([404, 403, 403]);
    expect(await listAttachedPolicies(site.app, { ...asked, principal: robot.name })).toEqual([
      {
        reference: PULL_ONLY,
        name: 'AmazonEC2ContainerRegistryPullOnly',
        arn: 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly',
        isAws: true,
      },
    ]);
  });

  test('hold for an access key, and for sessions of a role without a permission', async () => {
    const { registryId } = robot;
    const trusted = { Effect: 'Allow', Principal: { AWS: registryId }, Action: 'sts:AssumeRole' };
    const trustPolicy = JSON.stringify({ Version: '2012-10-17', Statement: trusted });
    const role = { permission: 'none' as const, description: '', maxSessionSeconds: 3_600, acceptsTokenLogin: false };
    await createRole(site.app, { ...asked, name: 'deploy', trustPolicy, ...role });
    const { sts } = createAwsClients(site.url, await createAccessKey(site.app, asked));
    const RoleArn = `arn:aws:iam::${registryId}:role/deploy`;
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const ask = async (key: AwsCredentials) => {
      const { ecr } = createAwsClients(site.url, key);
      const outcome = (call: Promise<unknown>) =>
        call.then(
          () => 'allowed',
          ({ name }: Error) => name,
        );
      return [
        await outcome(ecr.send(new GetAuthorizationTokenCommand({}))),
        await outcome(ecr.send(new DescribeRepositoriesCommand({}))),
        await outcome(ecr.send(new BatchGetImageCommand({ repositoryName: 'app', imageIds: [{ imageTag: 'v1' }] }))),
        await outcome(ecr.send(new InitiateLayerUploadCommand({ repositoryName: 'app' }))),
      ];
    };
    const denied = 'AccessDeniedException';
    for (const [key, principal] of [
      [robot.key, robot.name],
      [session, 'role:deploy'],
    ] as const) {
      expect(await ask(key)).toEqual([denied, denied, denied, denied]);
      await attach(PULL_ONLY, principal);
      expect(await ask(key)).toEqual(['allowed', denied, 'allowed', denied]);
      await attach('aws:AmazonEC2ContainerRegistryPowerUser', principal);
      expect(await ask(key)).toEqual(['allowed', 'allowed', 'allowed', 'allowed']);
    }
  });

  test('are listed and read, and can’t be changed', async () => {
    const all = await listManagedPolicies(site.app, asked);
    expect(all.map(({ name }) => name)).toEqual([...AWS_POLICIES.keys()]);
    const { versions } = await readManagedPolicy(site.app, { ...asked, policy: PULL_ONLY });
    expect(versions).toMatchObject([
      { version: 1, isDefault: true, policy: expect.stringContaining('BatchGetImage') as string },
    ]);
    const name = PULL_ONLY;
    const change = updateManagedPolicy(site.app, { ...asked, name, description: 'x' });
    await expect(change).rejects.toMatchObject({ code: 'not_found' });
    await expect(deleteManagedPolicy(site.app, { ...asked, name })).rejects.toMatchObject({ code: 'not_found' });
    await expect(attach('aws:AdministratorAccess')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('policies of a team', () => {
  const team = 'team:release';
  beforeEach(() => createTeam(site.app, { ...asked, name: 'release', description: '' }));
  const join = (member = robot.name) => addTeamMember(site.app, { ...asked, name: 'release', member });
  const putTeam = (text: string) => putIdentityPolicy(site.app, { ...asked, principal: team, name: 'own', text });

  test('hold for its members while they are members', async () => {
    await create();
    await attach('ci', team);
    await putTeam(TAGS);
    expect([await push(), await tags()]).toEqual([403, 404]);
    await join();
    expect([await push(), await tags()]).toEqual([202, 200]);
    await putTeam(textOf('ecr:ListImages', 'Deny'));
    expect([await push(), await tags()]).toEqual([202, 404]);
    await addVersion(TAGS, true);
    expect(await push()).toBe(403);
    await updateManagedPolicy(site.app, { ...asked, name: 'ci', defaultVersion: 1 });
    await removeTeamMember(site.app, { ...asked, name: 'release', member: robot.name });
    expect([await push(), await tags()]).toEqual([403, 404]);
    await join();
    expect(await push()).toBe(202);
    await removeTeam(site.app, { ...asked, name: 'release' });
    expect(await push()).toBe(403);
    await deleteManagedPolicy(site.app, { ...asked, name: 'ci' });
  });

  test('are named by the simulator', async () => {
    await create();
    await join();
    await attach('ci', team);
    const fullName = `${owner.alias}/app`;
    const explain = async (action: string) =>
      (await explainAccess(site.app, { ...asked, fullName, principal: robot.name, action })).reason;
    const statement = 'Allowed by the statement “Only” of the';
    expect(await explain('ecr:PutImage')).toBe(`${statement} managed policy ci of the team release.`);
    await putTeam(TAGS);
    expect(await explain('ecr:ListImages')).toBe(`${statement} policy own of the team release.`);
    await attach('ci');
    expect(await explain('ecr:PutImage')).toBe(`${statement} managed policy ci.`);
    await attach(PULL_ONLY, team);
    expect(await explain('ecr:BatchGetImage')).toBe(
      'Allowed by statement 1 of the AWS policy AmazonEC2ContainerRegistryPullOnly of the team release.',
    );
    const { principals } = await listPrincipals(site.app, { ...asked, fullName, action: 'ecr:PutImage' });
    expect(principals.find(({ principal }) => principal === robot.name)).toMatchObject({ isAllowed: true });
    expect(await explain('ecr:DeleteRepository')).toBe(
      'Without a role, the robot needs a policy that allows ecr:DeleteRepository.',
    );
  });

  test('are audited as the team’s', async () => {
    await putTeam(TAGS);
    await attach(PULL_ONLY, team);
    await detach(PULL_ONLY, team);
    const events = await site.app.db.auditEvent.findMany({
      where: { registryKey: asked.registryKey, action: { contains: 'policy' } },
      orderBy: { id: 'asc' },
    });
    expect(events.map(({ action, target }) => [action, target])).toEqual([
      ['team.set-policy', 'release'],
      ['team.attach-policy', 'release'],
      ['team.detach-policy', 'release'],
    ]);
  });
});

describe('limits', () => {
  /** Five of these are too many for one member. */
  const LONG = textOf(Array.from({ length: 250 }, () => 'ecr:PutImage'));

  test('of attachments and of their text hold for each principal, also by teams', async () => {
    for (let n = 0; n < 5; n += 1) await create(LONG, `p${n}`);
    for (let n = 0; n < 4; n += 1) await attach(`p${n}`);
    const tooLong = { code: 'quota_exceeded', message: expect.stringContaining(`${robot.name} would have`) as string };
    await expect(attach('p4')).rejects.toMatchObject(tooLong);
    await createTeam(site.app, { ...asked, name: 'release', description: '' });
    await attach('p0', 'team:release');
    await addTeamMember(site.app, { ...asked, name: 'release', member: robot.name });
    await expect(attach('p4', 'team:release')).rejects.toMatchObject(tooLong);
    await create(TAGS, 'short');
    await attach('short');
    await expect(addVersion(LONG, true, 'short')).rejects.toMatchObject(tooLong);
    expect(await tags()).toBe(200);
    await removeTeamMember(site.app, { ...asked, name: 'release', member: robot.name });
    await attach('p4', 'team:release');
    const member = { ...asked, name: 'release', member: robot.name };
    await expect(addTeamMember(site.app, member)).rejects.toMatchObject(tooLong);
    for (let n = 0; n < 5; n += 1) await create(TAGS, `q${n}`);
    for (let n = 0; n < 5; n += 1) await attach(`q${n}`);
    await create(TAGS, 'more');
    expect(await listAttachedPolicies(site.app, { ...asked, principal: robot.name })).toHaveLength(
      MAX_ATTACHED_POLICIES,
    );
    const tooMany = `${robot.name} can have at most 10 attached policies. Detach one first.`;
    await expect(attach('more')).rejects.toMatchObject({ code: 'quota_exceeded', message: tooMany });
    await removeRobot(site.app, { ...asked, name: robot.name });
  });
});

test('an owner whose account is taken over leaves what others granted', async () => {
  const intruder = await fixture.join('owner');
  const theirs = { ...asked, caller: intruder };
  await create(TAGS, 'kept');
  await attach('kept');
  await createTeam(site.app, { ...asked, name: 'release', description: '' });
  await attach(PULL_ONLY, 'team:release');
  await createManagedPolicy(site.app, { ...theirs, name: 'bad', description: '', text: PUSHES });
  const { name: principal } = robot;
  for (const policy of ['bad', 'aws:AmazonEC2ContainerRegistryFullAccess']) {
    await attachManagedPolicy(site.app, { ...theirs, principal, policy });
  }
  await attach('bad', 'team:release');
  await putIdentityPolicy(site.app, { ...theirs, principal, name: 'own', text: PUSHES });
  await addTeamMember(site.app, { ...theirs, name: 'release', member: principal });
  expect(await push()).toBe(202);
  const { userId: id, email } = intruder.principal;
  const user = { id, email, role: 'user' as const };
  await site.app.db.$transaction((tx) => takeOverAccount(tx, { user, caller: owner.caller }));
  expect(await push()).toBe(403);
  const listOf = async (of: string) =>
    (await listAttachedPolicies(site.app, { ...asked, principal: of })).map(({ reference }) => reference);
  expect([await listOf(principal), await listOf('team:release')]).toEqual([['kept'], [PULL_ONLY]]);
  const { policies, attachedPolicies } = await site.app.db.member.findFirstOrThrow({ where: { userId: robot.userId } });
  expect([policies, attachedPolicies]).toEqual([null, JSON.stringify([{ name: 'managed:kept', policy: TAGS }])]);
  const kept = (await listManagedPolicies(site.app, asked)).filter(({ isAws }) => !isAws);
  expect(kept.map(({ name }) => name)).toEqual(['kept']);
});

test('only owners read, change and attach policies of their registry', async () => {
  await create();
  const stranger = await site.createUser();
  const callers = [stranger.caller, await fixture.join('maintainer'), await fixture.join('none')];
  for (const caller of callers) {
    const question = { ...asked, caller };
    const principal = robot.name;
    for (const attempt of [
      () => createManagedPolicy(site.app, { ...question, name: 'x', description: '', text: TAGS }),
      () => createPolicyVersion(site.app, { ...question, name: 'ci', text: TAGS, isDefault: true }),
      () => updateManagedPolicy(site.app, { ...question, name: 'ci', description: 'x' }),
      () => deletePolicyVersion(site.app, { ...question, name: 'ci', version: 1 }),
      () => deleteManagedPolicy(site.app, { ...question, name: 'ci' }),
      () => attachManagedPolicy(site.app, { ...question, principal, policy: 'ci' }),
      () => detachManagedPolicy(site.app, { ...question, principal, policy: 'ci' }),
      () => listManagedPolicies(site.app, question),
      () => readManagedPolicy(site.app, { ...question, policy: PULL_ONLY }),
      () => listAttachedPolicies(site.app, { ...question, principal }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
  }
  const { caller } = stranger;
  const [home] = await site.app.db.member.findMany({ where: { userId: caller.principal.userId } });
  const foreign = { caller, registryKey: home?.registryKey ?? 0n };
  for (const principal of [robot.name, robot.userId, owner.email, 'team:', 'role:x', 'team:a/b', 'a\0@b']) {
    const question = { ...foreign, principal, policy: PULL_ONLY };
    await expect(attachManagedPolicy(site.app, question)).rejects.toMatchObject({ code: 'not_found' });
  }
  const theirs = attachManagedPolicy(site.app, { ...foreign, principal: caller.principal.userId, policy: 'ci' });
  await expect(theirs).rejects.toMatchObject({ code: 'not_found' });
});
