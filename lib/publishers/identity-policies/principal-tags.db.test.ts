// Tags of members, robots and roles, which policies compare with those of repositories.
import { InitiateLayerUploadCommand } from '@aws-sdk/client-ecr';
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_KEYED_TAGS } from '#lib/access/tags/schema.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { createTeam } from '#lib/publishers/teams/create-team.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import type { TestApp, TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot, type TestRobot } from '#lib/testing/create-test-robot.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { putIdentityPolicy } from './put-identity-policy.ts';
import { findPrincipalTags, tagPrincipal } from './tag-principal.ts';

const fixture = useRobotSite();
let site: TestApp;
let owner: TestUser;
let registryKey: bigint;
let robot: TestRobot;
beforeEach(async () => {
  ({ vitrine: site, owner, registryKey } = fixture);
  robot = await createTestRobot(site, owner, { role: 'reader' });
});

const create = (name: string, team: string) =>
  createRepository(site.app, {
    caller: owner.caller,
    alias: owner.alias,
    name,
    visibility: 'private',
    resourceTags: [{ key: 'team', value: team }],
  });
const tag = (principal: string, tags: Record<string, string>) =>
  tagPrincipal(site.app, { caller: owner.caller, registryKey, principal, tags });
const statusOf = async (name: string, { method, below }: { method: string; below: string }, token = robot.token) =>
  (await createRawClient(site.url, basic(token)).send(method, `/v2/${owner.alias}/${name}/${below}`)).status;
const START = { method: 'POST', below: 'blobs/uploads/' };
const LIST = { method: 'GET', below: 'tags/list' };
const isInitiated = (repositoryName: string) =>
  createAwsClients(site.url, robot.key)
    .ecr.send(new InitiateLayerUploadCommand({ repositoryName }))
    .then(
      () => true,
      () => false,
    );
const policyOf = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

describe('tags of a principal', () => {
  test('let a robot push to the repositories of its team only, at once after each change', async () => {
    await create('web', 'blue');
    await create('tools', 'red');
    const Condition = { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } };
    const text = policyOf({ Effect: 'Allow', Action: 'ecr:*', Resource: '*', Condition });
    await putIdentityPolicy(site.app, { caller: owner.caller, registryKey, principal: robot.name, name: 'team', text });
    const pushes = async () => [
      [await statusOf('web', START), await isInitiated('web')],
      [await statusOf('tools', START), await isInitiated('tools')],
    ];
    const [yes, no] = [
      [202, true],
      [403, false],
    ];
    expect(await pushes()).toEqual([no, no]);
    await tag(robot.name, { Team: 'blue' });
    expect(await pushes()).toEqual([yes, no]);
    await tag(robot.name, { Team: 'red', cost: '7' });
    expect(await pushes()).toEqual([no, yes]);
    await tag(robot.name, {});
    expect(await pushes()).toEqual([no, no]);
    const events = await site.app.db.auditEvent.findMany({
      where: { registryKey, action: 'member.set-tags' },
      orderBy: { id: 'asc' },
      select: { target: true, before: true, after: true },
    });
    expect(events).toEqual([
      { target: robot.name, before: { tags: {} }, after: { tags: { Team: 'blue' } } },
      { target: robot.name, before: { tags: { Team: 'blue' } }, after: { tags: { Team: 'red', cost: '7' } } },
      { target: robot.name, before: { tags: { Team: 'red', cost: '7' } }, after: { tags: {} } },
    ]);
  });

  test('count in the registry that the caller acts for', async () => {
    await create('shared', 'blue');
    const guest = await site.createUser();
    const guestKey = await ensureRegistry(site.app, { caller: guest.caller });
    const { registryId } = await site.app.db.registry.findUniqueOrThrow({ where: { id: guestKey } });
    const Condition = { StringEquals: { 'aws:PrincipalTag/team': 'blue' } };
    const statement = { Effect: 'Allow', Principal: { AWS: registryId }, Action: 'ecr:*', Condition };
    const fullName = `${owner.alias}/shared`;
    await setRepositoryPolicy(site.app, { caller: owner.caller, fullName, text: policyOf(statement), force: false });
    const asked = { caller: guest.caller, name: 'test', scopes: ['pull'], expiresInDays: 1 };
    const { secret } = await createAccessToken(site.app, asked);
    expect(await statusOf('shared', LIST, secret)).toBe(404);
    const principal = guest.caller.principal.userId;
    await tagPrincipal(site.app, { caller: guest.caller, registryKey: guestKey, principal, tags: { team: 'blue' } });
    for (let round = 0; round < 3; round += 1) expect(await statusOf('shared', LIST, secret)).toBe(200);
    await tagPrincipal(site.app, { caller: guest.caller, registryKey: guestKey, principal, tags: { team: 'red' } });
    expect(await statusOf('shared', LIST, secret)).toBe(404);
  });

  test('are refused if they are wrong, and belong to owners', async () => {
    const principal = robot.name;
    await createTeam(site.app, { caller: owner.caller, registryKey, name: 'core', description: '' });
    const many = Object.fromEntries(Array.from({ length: MAX_KEYED_TAGS + 1 }, (_, i) => [`key-${i}`, 'x']));
    for (const tags of [{ 'aws:team': 'x' }, { '': 'x' }, { team: 'a\nb' }, { team: 'x'.repeat(257) }, many]) {
      await expect(tag(principal, tags)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    await expect(tag('team:core', { team: 'x' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(tag('nobody', { team: 'x' })).rejects.toMatchObject({ code: 'not_found' });
    const { caller } = await site.createUser();
    const theirs = { caller, registryKey, principal };
    await expect(tagPrincipal(site.app, { ...theirs, tags: {} })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(findPrincipalTags(site.app, theirs)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await findPrincipalTags(site.app, { ...theirs, caller: owner.caller })).toEqual({});
  });
});
