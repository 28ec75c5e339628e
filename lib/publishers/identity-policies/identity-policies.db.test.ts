// Policies of members, robots and roles, decided alike at /v2, by the AWS API and by REST.
import { DescribeImagesCommand, InitiateLayerUploadCommand } from '@aws-sdk/client-ecr';
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_REQUEST } from '#lib/access/schema.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { setBlobMounting } from '#lib/publishers/set-blob-mounting.ts';
import { updateRobot } from '#lib/publishers/robots/update-robot.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { renameRepository } from '#lib/repositories/moves/rename-repository.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { explainAccess } from '#lib/repositories/simulator/explain-access.ts';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import type { TestApp, TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot, type TestRobot } from '#lib/testing/create-test-robot.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { deleteIdentityPolicy } from './delete-identity-policy.ts';
import { listIdentityPolicies } from './list-identity-policies.ts';
import { putIdentityPolicy } from './put-identity-policy.ts';
import { MAX_IDENTITY_POLICIES } from './schema.ts';

const fixture = useRobotSite();
let site: TestApp;
let owner: TestUser;
let registryKey: bigint;
let robot: TestRobot;
beforeEach(async () => {
  ({ vitrine: site, owner, registryKey } = fixture);
  robot = await createTestRobot(site, owner, { role: 'reader' });
  for (const name of ['team/app', 'other/app']) {
    await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name, visibility: 'private' });
  }
});

type Stated = { Effect?: string; Action: string | string[]; Resource?: string; Condition?: object };

const textOf = ({ Effect = 'Allow', Resource = '*', ...statement }: Stated) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Only', Effect, Resource, ...statement }] });
const put = (principal: string, stated: Stated, name = 'test') =>
  putIdentityPolicy(site.app, { caller: owner.caller, registryKey, principal, name, text: textOf(stated) });
const PUSH = ['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'];
const teamOf = ({ registryId }: TestRobot) => `arn:aws:ecr:*:${registryId}:repository/team/*`;

const startUpload = async (name: string, token = robot.token) => {
  const authorization = `Basic ${Buffer.from(`any:${token}`).toString('base64')}`;
  const url = `${site.url}/v2/${owner.alias}/${name}/blobs/uploads/`;
  const { status } = await fetch(url, { method: 'POST', headers: { authorization, 'x-forwarded-for': '192.0.2.7' } });
  return status;
};
const listTags = async (name: string, token: string) => {
  const authorization = `Basic ${Buffer.from(`any:${token}`).toString('base64')}`;
  return (await fetch(`${site.url}/v2/${owner.alias}/${name}/tags/list`, { headers: { authorization } })).status;
};
const initiate = async (repositoryName: string) => {
  const { ecr } = createAwsClients(site.url, robot.key);
  return ecr.send(new InitiateLayerUploadCommand({ repositoryName })).then(
    () => 'allowed',
    ({ name }: Error) => name,
  );
};
const tokenOf = async ({ caller }: TestUser) => {
  const scopes = ['pull', 'push', 'delete', 'api:write'];
  return (await createAccessToken(site.app, { caller, name: 'test', scopes, expiresInDays: 1 })).secret;
};

describe('an identity policy', () => {
  test('lets a robot push where it says, at /v2 and by the AWS API', async () => {
    expect([await startUpload('team/app'), await initiate('team/app')]).toEqual([403, 'AccessDeniedException']);
    await put(robot.name, { Action: PUSH, Resource: teamOf(robot) });
    expect([await startUpload('team/app'), await initiate('team/app')]).toEqual([202, 'allowed']);
    expect([await startUpload('other/app'), await initiate('other/app')]).toEqual([403, 'AccessDeniedException']);
    await deleteIdentityPolicy(site.app, { caller: owner.caller, registryKey, principal: robot.name, name: 'test' });
    expect([await startUpload('team/app'), await initiate('team/app')]).toEqual([403, 'AccessDeniedException']);
  });

  test('denies what a role allows, also to an owner and to a warm pull', async () => {
    const token = await tokenOf(owner);
    expect([await listTags('team/app', token), await listTags('team/app', token)]).toEqual([200, 200]);
    await put(owner.caller.principal.userId, { Effect: 'Deny', Action: 'ecr:ListImages', Resource: teamOf(robot) });
    expect([await listTags('team/app', token), await listTags('other/app', token)]).toEqual([403, 200]);
  });

  test('that denies pulls leaves what else a role allows', async () => {
    await put(owner.caller.principal.userId, { Effect: 'Deny', Action: 'ecr:BatchGetImage' });
    const asked = { caller: owner.caller, fullName: `${owner.alias}/team/app` };
    const text = textOf({ Action: 'ecr:ListImages' }).replace('"Resource":"*"', '"Principal":"*"');
    await expect(setRepositoryPolicy(site.app, { ...asked, text })).resolves.toMatchObject({ revision: 1 });
    await expect(renameRepository(site.app, { ...asked, name: 'team/renamed' })).resolves.toBeDefined();
  });

  test('can’t lock an owner out of policies', async () => {
    const { userId } = owner.caller.principal;
    await put(userId, { Effect: 'Deny', Action: '*' });
    await deleteIdentityPolicy(site.app, { caller: owner.caller, registryKey, principal: userId, name: 'test' });
    expect(await listIdentityPolicies(site.app, { caller: owner.caller, registryKey, principal: userId })).toEqual([]);
  });

  test('never gives away what belongs to Vitrine', async () => {
    await put(robot.name, { Action: '*' });
    expect(await startUpload('other/app')).toBe(202);
    const caller = { principal: await authenticateAccessToken(site.app, robot.token), context: NO_REQUEST };
    const asked = { fullName: `${owner.alias}/other/app`, caller };
    await expect(renameRepository(site.app, { ...asked, name: 'other/new' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(setBlobMounting(site.app, { caller, registryKey, mountsBlobs: false })).resolves.toBeUndefined();
    const mine = { caller, registryKey, principal: robot.name, name: 'test', text: textOf({ Action: '*' }) };
    await expect(putIdentityPolicy(site.app, mine)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('of the own registry is needed besides the policy of another one', async () => {
    const guest = await site.createUser();
    const guestKey = await createTestRobot(site, guest, { role: 'reader' });
    const { registryId } = guestKey;
    const text = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: registryId }, Action: 'ecr:ListImages' }],
    });
    await setRepositoryPolicy(site.app, { caller: owner.caller, fullName: `${owner.alias}/team/app`, text });
    expect(await listTags('team/app', guestKey.token)).toBe(200);
    const { caller } = guest;
    await putIdentityPolicy(site.app, {
      caller,
      registryKey: guestKey.registryKey,
      principal: guestKey.name,
      name: 'home-only',
      text: textOf({ Effect: 'Deny', Action: 'ecr:*', Resource: `arn:aws:ecr:*:${robot.registryId}:*` }),
    });
    expect(await listTags('team/app', guestKey.token)).toBe(404);
  });

  test('tests the request', async () => {
    const { ecr } = createAwsClients(site.url, robot.key);
    const describeImages = () => ecr.send(new DescribeImagesCommand({ repositoryName: 'team/app' }));
    await put(robot.name, {
      Effect: 'Deny',
      Action: 'ecr:DescribeImages',
      Condition: { NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
    });
    await expect(describeImages()).resolves.toMatchObject({ imageDetails: [] });
    await put(robot.name, {
      Effect: 'Deny',
      Action: 'ecr:DescribeImages',
      Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
    });
    await expect(describeImages()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('explicit deny in an identity-based policy') as string,
    });
  });

  test('is named by the simulator', async () => {
    await put(robot.name, { Action: PUSH, Resource: teamOf(robot) }, 'ci-push');
    const asked = { caller: owner.caller, principal: robot.name, action: 'ecr:PutImage' };
    const allowed = await explainAccess(site.app, { ...asked, fullName: `${owner.alias}/team/app` });
    expect(allowed).toMatchObject({
      isAllowed: true,
      reason: 'Allowed by the statement “Only” of the policy ci-push.',
    });
    const refused = await explainAccess(site.app, { ...asked, fullName: `${owner.alias}/other/app` });
    expect(refused.near.map(({ policy, why }) => [policy, why])).toEqual([['policy ci-push', 'resource']]);
  });
});

describe('changes of identity policies', () => {
  test('are for owners, who can’t change those of another registry', async () => {
    const asked = { registryKey, principal: robot.name, name: 'test', text: textOf({ Action: 'ecr:*' }) };
    for (const role of ['maintainer', 'pusher', 'reader'] as const) {
      const caller = await fixture.join(role);
      await expect(putIdentityPolicy(site.app, { ...asked, caller })).rejects.toMatchObject({ code: 'forbidden' });
      await expect(listIdentityPolicies(site.app, { ...asked, caller })).rejects.toMatchObject({ code: 'forbidden' });
    }
    const { caller } = await site.createUser();
    await expect(putIdentityPolicy(site.app, { ...asked, caller })).rejects.toMatchObject({ code: 'forbidden' });
    for (const principal of ['nobody', 'role:nobody', caller.principal.userId, 'a/b', '', 'role:']) {
      const wrong = { ...asked, caller: owner.caller, principal };
      await expect(putIdentityPolicy(site.app, wrong)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  test('are limited, and outlive a change of the role', async () => {
    const { caller } = owner;
    const allow = { Action: 'ecr:PutImage' };
    for (let n = 0; n < MAX_IDENTITY_POLICIES; n += 1) await put(robot.name, allow, `p${n}`);
    await expect(put(robot.name, allow, 'one-more')).rejects.toMatchObject({ code: 'quota_exceeded' });
    await put(robot.name, { Action: 'ecr:*' }, 'p0');
    const long = { Action: Array.from({ length: 640 }, () => 'ecr:PutImage') };
    await expect(put(robot.name, long, 'p1')).rejects.toMatchObject({ code: 'quota_exceeded' });
    await updateRobot(site.app, { caller, registryKey, name: robot.name, role: 'pusher' });
    const policies = await listIdentityPolicies(site.app, { caller, registryKey, principal: robot.name });
    expect(policies).toHaveLength(MAX_IDENTITY_POLICIES);
  });
});
