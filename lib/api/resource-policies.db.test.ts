// The policies of a repository and of its registry decide the same at /v2, in the AWS APIs and in the REST API.
import {
  DescribeRepositoriesCommand,
  GetRepositoryPolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { setRegistryPolicy } from '#lib/repositories/registry-policy/set-registry-policy.ts';
import type { TestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { POLICY_SCOPES, usePolicyEdges, type PolicyPerson } from '#lib/testing/use-policy-edges.ts';

const edges = usePolicyEdges();
const { fullNameOf, createTarget, callV2 } = edges;
let site: TestApp;
let owner: PolicyPerson;
let reader: PolicyPerson;
let bob: PolicyPerson;
beforeAll(() => {
  ({ site, owner, reader, bob } = edges);
});

const addressed = (name: string) => ({ registryId: owner.registryId, repositoryName: name });

type Statement = Record<string, unknown>;
const setPolicy = (name: string, Statement: Statement[]) =>
  setRepositoryPolicy(site.app, {
    caller: owner.user.caller,
    fullName: fullNameOf(name),
    text: JSON.stringify({ Version: '2012-10-17', Statement }),
    force: true,
  });
const setOfRegistry = (name: string, statements: Statement[]) => {
  const Resource = `arn:aws:ecr:*:${owner.registryId}:repository/${name}`;
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((one) => ({ ...one, Resource })),
  });
  return setRegistryPolicy(site.app, { caller: owner.user.caller, registryKey: edges.registryKey, text });
};
const to = (principal: '*' | { who: PolicyPerson; as?: 'user' }): Statement => {
  if (principal === '*') return { Principal: '*' };
  const { who, as } = principal;
  const { userId } = who.user.caller.principal;
  return { Principal: { AWS: as === 'user' ? `arn:aws:iam::${who.registryId}:user/${userId}` : who.registryId } };
};
const statement = (Effect: 'Allow' | 'Deny', Action: string | string[], principal: Statement, Condition?: object) => ({
  Effect,
  Action,
  ...principal,
  ...(Condition && { Condition }),
});

const PULL_SET = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];
const HERE = { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } };
const ELSEWHERE = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
const PAST = { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } };

/** Who may pull, get a layer, push and delete: the owner, a reader, and the owner of another registry. */
// prettier-ignore
const TABLE: [string, () => Statement[], string][] = [
  ['nothing for another registry',              () => [statement('Allow', 'ecr:ListImages', to('*'))],                                'YYYY YY-- ----'],
  ['pulls for another registry',                () => [statement('Allow', PULL_SET, to({ who: bob }))],                               'YYYY YY-- YY--'],
  ['pulls for one of its users',                () => [statement('Allow', PULL_SET, to({ who: bob, as: 'user' }))],                   'YYYY YY-- YY--'],
  ['manifests without layers',                  () => [statement('Allow', 'ecr:BatchGetImage', to({ who: bob }))],                    'YYYY YY-- Y---'],
  ['pushes without pulls',                      () => [statement('Allow', 'ecr:PutImage', to({ who: bob }))],                         'YYYY YY-- --Y-'],
  ['everything for everyone',                   () => [statement('Allow', '*', to('*'))],                                             'YYYY YYYY YYYY'],
  ['everything for the owner’s registry',       () => [statement('Allow', '*', to({ who: owner }))],                                  'YYYY YY-- ----'],
  ['deletes for a reader',                      () => [statement('Allow', 'ecr:BatchDeleteImage', to({ who: reader, as: 'user' }))],  'YYYY YY-Y ----'],
  ['no pulls for the owner’s registry',         () => [statement('Deny', 'ecr:BatchGetImage', to({ who: owner }))],                   '-YYY -Y-- ----'],
  ['pulls for everyone but another registry',   () => [statement('Allow', PULL_SET, to('*')), statement('Deny', PULL_SET, to({ who: bob }))], 'YYYY YY-- ----'],
  ['pulls from this address',                   () => [statement('Allow', PULL_SET, to({ who: bob }), HERE)],                         'YYYY YY-- YY--'],
  ['pulls from another address',                () => [statement('Allow', PULL_SET, to({ who: bob }), ELSEWHERE)],                    'YYYY YY-- ----'],
  ['nothing from this address',                 () => [statement('Deny', 'ecr:*', to('*'), HERE)],                                    '---- ---- ----'],
  ['pulls in the past',                         () => [statement('Allow', PULL_SET, to({ who: bob }), PAST)],                         'YYYY YY-- ----'],
];

test.each(TABLE)('%s, by the policy of the repository', async (_what, statements, expected) => {
  const name = await createTarget();
  await setPolicy(name, statements());
  expect(await edges.listAllowed(name)).toBe(expected);
});

test.each(TABLE)('%s, by the policy of the registry', async (_what, statements, expected) => {
  const name = await createTarget();
  await setOfRegistry(name, statements());
  expect(await edges.listAllowed(name)).toBe(expected);
  expect(await edges.listAllowed(await createTarget())).toBe('YYYY YY-- ----');
});

test.each([
  ['registry', setOfRegistry, setPolicy],
  ['repository', setPolicy, setOfRegistry],
] as const)('a denial by the policy of the %s beats an allowance by the other', async (_what, denying, allowing) => {
  const name = await createTarget();
  await allowing(name, [statement('Allow', 'ecr:*', to('*'))]);
  expect(await edges.listAllowed(name)).toBe('YYYY YYYY YYYY');
  await denying(name, [statement('Deny', 'ecr:PutImage', to({ who: bob }))]);
  expect(await edges.listAllowed(name)).toBe('YYYY YYYY YY-Y');
});

describe('an example policy of AWS for another account', () => {
  test('lets its user pull and push with docker’s requests, and nothing else', async () => {
    const name = await createTarget();
    const PUSH_SET = ['ecr:PutImage', 'ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload'];
    const client = createDistributionClient(site.url, bob.user.token);
    const other = await buildImage({
      platform: { os: 'linux', architecture: 'arm64' },
      created: '2026-02-02T00:00:00Z',
      layers: [[{ path: 'b', content: 'by bob' }]],
    });
    await expect(client.push(fullNameOf(name), other, ['bob'])).rejects.toThrow('403');
    await setPolicy(name, [statement('Allow', [...PULL_SET, ...PUSH_SET], to({ who: bob }))]);
    await client.push(fullNameOf(name), other, ['bob']);
    const pulled = await client.request('GET', `/v2/${fullNameOf(name)}/manifests/bob`);
    expect(pulled.headers.get('docker-content-digest')).toBe(other.digest);
    await expect(client.request('DELETE', `/v2/${fullNameOf(name)}/manifests/bob`)).rejects.toThrow('403');
    await expect(client.request('GET', `/v2/${fullNameOf(name)}/tags/list`)).rejects.toThrow('403');
    const describe = new DescribeRepositoriesCommand({ registryId: owner.registryId, repositoryNames: [name] });
    await expect(bob.aws.ecr.send(describe)).rejects.toThrow('is not authorized to perform: ecr:DescribeRepositories');
  });

  test('answers for the registry that has the repository', async () => {
    const name = await createTarget();
    await setPolicy(name, [statement('Allow', 'ecr:*', to({ who: bob }))]);
    const { repositories } = await bob.aws.ecr.send(
      new DescribeRepositoriesCommand({ registryId: owner.registryId, repositoryNames: [name] }),
    );
    expect(repositories).toMatchObject([
      {
        registryId: owner.registryId,
        repositoryName: name,
        repositoryUri: `${site.app.config.publicHost}/${fullNameOf(name)}`,
      },
    ]);
    expect(repositories?.[0]?.repositoryArn).toContain(`:${owner.registryId}:repository/${name}`);
    const text = JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action: 'ecr:*' } });
    await bob.aws.ecr.send(new SetRepositoryPolicyCommand({ ...addressed(name), policyText: text }));
    const policy = await bob.aws.ecr.send(new GetRepositoryPolicyCommand(addressed(name)));
    expect(policy).toMatchObject({ registryId: owner.registryId, repositoryName: name });
  });
});

describe('a policy with conditions', () => {
  afterEach(() => vi.useRealTimers());

  test('opens and closes by the clock', async () => {
    const name = await createTarget();
    const opensAt = new Date(Date.now() + 3_600_000);
    const Condition = {
      DateGreaterThan: { 'aws:CurrentTime': opensAt.toISOString() },
      DateLessThan: { 'aws:CurrentTime': new Date(opensAt.getTime() + 600_000).toISOString() },
    };
    await setPolicy(name, [statement('Allow', PULL_SET, to({ who: bob }), Condition)]);
    const pull = () => callV2({ who: bob, name }, 'GET', 'manifests/v1');
    expect(await pull()).toBe(false);
    vi.useFakeTimers({ now: opensAt.getTime() + 1000, toFake: ['Date'] });
    expect([await pull(), await pull()]).toEqual([true, true]);
    vi.setSystemTime(opensAt.getTime() + 601_000);
    expect(await pull()).toBe(false);
  });
});

describe('a registry token', () => {
  const askToken = async ({ user }: PolicyPerson, scope: string) => {
    const query = new URLSearchParams({ service: site.host, scope });
    const response = await fetch(`${site.url}/token?${query}`, { headers: { authorization: basic(user.token) } });
    return ((await response.json()) as { token: string }).token;
  };

  test('is issued for what the policy allows, and loses it with the policy', async () => {
    const name = await createTarget();
    await setPolicy(name, [statement('Allow', [...PULL_SET], to({ who: bob }))]);
    const token = await askToken(bob, `repository:${fullNameOf(name)}:pull,push`);
    const client = createRawClient(site.url, `Bearer ${token}`);
    const path = `/v2/${fullNameOf(name)}/manifests/v1`;
    for (let pull = 0; pull < 3; pull += 1) expect((await client.send('GET', path)).status).toBe(200);
    expect((await client.send('POST', `/v2/${fullNameOf(name)}/blobs/uploads/`)).status).toBe(403);
    await setPolicy(name, [statement('Allow', [...PULL_SET], to({ who: owner }))]);
    expect((await client.send('GET', path)).status).toBe(404);
  });

  test('is warm: a pull under a policy of fifty statements reads no rows', async () => {
    const name = await createTarget();
    const statements = Array.from({ length: 49 }, () =>
      statement('Deny', 'ecr:BatchGetImage', to('*'), { ...ELSEWHERE, ...PAST }),
    );
    await setPolicy(name, [...statements, statement('Allow', PULL_SET, to({ who: bob }), HERE)]);
    const token = await askToken(bob, `repository:${fullNameOf(name)}:pull`);
    const client = createRawClient(site.url, `Bearer ${token}`);
    const paths = ['manifests/v1', `blobs/${edges.layerDigest}`];
    const pull = async () => {
      const statuses = [];
      for (const path of paths) statuses.push((await client.send('GET', `/v2/${fullNameOf(name)}/${path}`)).status);
      return statuses;
    };
    await vi.waitFor(async () => {
      const query = vi.spyOn(site.app.pool, 'query');
      const statuses = await pull();
      const queries = query.mock.calls.length;
      query.mockRestore();
      expect([statuses, queries]).toEqual([[200, 200], 0]);
    });
  });
});

test('joining and leaving a registry changes whose user somebody is', async () => {
  const name = await createTarget();
  await setPolicy(name, [statement('Allow', PULL_SET, to({ who: bob }))]);
  const carol = await site.createUser({ scopes: POLICY_SCOPES });
  const { userId } = carol.caller.principal;
  const who: PolicyPerson = { ...bob, user: carol };
  const pull = () => callV2({ who, name }, 'GET', 'manifests/v1');
  expect(await pull()).toBe(false);
  const { registryKey: bobs } = await site.app.db.alias.findUniqueOrThrow({ where: { name: bob.user.alias } });
  await site.app.db.member.updateMany({ where: { userId }, data: { isDefault: false } });
  await site.app.db.member.create({ data: { registryKey: bobs, userId, role: 'reader', isDefault: true } });
  await vi.waitFor(async () => expect(await pull()).toBe(true));
  await site.app.db.member.delete({ where: { registryKey_userId: { registryKey: bobs, userId } } });
  await vi.waitFor(async () => expect(await pull()).toBe(false));
});
