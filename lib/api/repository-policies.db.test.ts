// A repository's policy decides the same at /v2, in the AWS APIs and in the REST API.
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeRepositoriesCommand,
  GetDownloadUrlForLayerCommand,
  GetRepositoryPolicyCommand,
  PutImageCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { handleRestRequest } from './rest/handle-rest-request.ts';

const SCOPES = ['api:write', 'repository:*:pull,push,delete'];

/** A person with an access token and an access key that act for the same registry. */
type Who = { user: TestUser; aws: AwsClients; registryId: string };

let site: TestApp;
let owner: Who;
let reader: Who;
let bob: Who;
let image: BuiltManifest;
let registryKey: bigint;
let serial = 0;

beforeAll(async () => {
  site = await createTestApp();
  const ada = await site.createUser({ scopes: SCOPES });
  ({ registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } }));
  owner = await toOwner(ada);
  bob = await toOwner(await site.createUser({ scopes: SCOPES }));
  const eve = await site.createUser({ scopes: SCOPES });
  const { userId } = eve.caller.principal;
  await site.app.db.member.create({ data: { registryKey, userId, role: 'reader' } });
  const key = await createAccessKey(site.app, { caller: eve.caller, registryKey });
  reader = { user: eve, aws: createAwsClients(site.url, key), registryId: owner.registryId };
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: 'x' }]],
  });
});
afterAll(() => site.close());

async function toOwner(user: TestUser): Promise<Who> {
  const key = await createTestKey(site, user);
  return { user, aws: createAwsClients(site.url, key), registryId: key.registryId };
}

/** Creates a private repository with an image that is tagged `v1` and `old-EDGE`. */
async function createTarget(): Promise<string> {
  const name = `team/app-${(serial += 1)}`;
  const { user } = owner;
  await createRepository(site.app, { caller: user.caller, alias: user.alias, name, visibility: 'private' });
  const tags = ['v1', ...EDGES.map((edge) => `old-${edge}`)];
  await createDistributionClient(site.url, user.token).push(`${user.alias}/${name}`, image, tags);
  return name;
}

const EDGES = ['v2', 'aws', 'rest'] as const;
type Edge = (typeof EDGES)[number];
const ACTS = ['pull', 'layer', 'push', 'delete'] as const;
type Act = (typeof ACTS)[number];
type Target = { who: Who; name: string };

const fullNameOf = (name: string) => `${owner.user.alias}/${name}`;

async function callV2({ who, name }: Target, method: string, below: string, body?: string): Promise<boolean> {
  const headers = { 'content-type': image.mediaType };
  const client = createRawClient(site.url, basic(who.user.token));
  const { status } = await client.send(method, `/v2/${fullNameOf(name)}/${below}`, { headers, ...(body && { body }) });
  if (![200, 201, 202, 403, 404].includes(status)) throw new Error(`${method} ${below} answered ${status}`);
  return status < 300;
}

async function callRest({ who, name }: Target, method: string, below: string, body?: object): Promise<boolean> {
  const url = `http://localhost/api/v1/repositories/${encodeURIComponent(fullNameOf(name))}${below}`;
  const headers = { authorization: `Bearer ${who.user.token}`, 'x-client-address': '127.0.0.1' };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const { status } = await handleRestRequest(site.app, new Request(url, init));
  if (![200, 204, 403, 404].includes(status)) throw new Error(`${method} ${below} answered ${status}`);
  return status < 300;
}

async function callAws(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    expect((error as Error).name).toBe('AccessDeniedException');
    return false;
  }
}

const layerOf = () => image.blobs.at(-1)?.digest ?? '';
const addressed = (name: string) => ({ registryId: owner.registryId, repositoryName: name });
const pushed = () => ({ imageManifest: image.bytes.toString(), imageManifestMediaType: image.mediaType });

const CALLS: Record<Act, Partial<Record<Edge, (target: Target) => Promise<boolean>>>> = {
  pull: {
    v2: (target) => callV2(target, 'GET', 'manifests/v1'),
    aws: ({ who, name }) =>
      callAws(who.aws.ecr.send(new BatchGetImageCommand({ ...addressed(name), imageIds: [{ imageTag: 'v1' }] }))),
    rest: (target) => callRest(target, 'GET', `/manifests/${image.digest}`),
  },
  layer: {
    v2: (target) => callV2(target, 'GET', `blobs/${layerOf()}`),
    aws: ({ who, name }) =>
      callAws(who.aws.ecr.send(new GetDownloadUrlForLayerCommand({ ...addressed(name), layerDigest: layerOf() }))),
  },
  push: {
    v2: (target) => callV2(target, 'PUT', 'manifests/new-v2', image.bytes.toString()),
    aws: ({ who, name }) =>
      callAws(who.aws.ecr.send(new PutImageCommand({ ...addressed(name), ...pushed(), imageTag: 'new-aws' }))),
    rest: (target) => callRest(target, 'PUT', '/tags/new-rest', { source: 'v1' }),
  },
  delete: {
    v2: (target) => callV2(target, 'DELETE', 'manifests/old-v2'),
    aws: ({ who, name }) =>
      callAws(
        who.aws.ecr.send(new BatchDeleteImageCommand({ ...addressed(name), imageIds: [{ imageTag: 'old-aws' }] })),
      ),
    rest: (target) => callRest(target, 'POST', '/tags/delete', { tags: [{ name: 'old-rest' }] }),
  },
};

type Statement = Record<string, unknown>;
const setPolicy = (name: string, Statement: Statement[]) =>
  setRepositoryPolicy(site.app, {
    caller: owner.user.caller,
    fullName: fullNameOf(name),
    text: JSON.stringify({ Version: '2012-10-17', Statement }),
    force: true,
  });
const to = (principal: '*' | { who: Who; as?: 'user' }): Statement => {
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

test.each(TABLE)('%s', async (_what, statements, expected) => {
  const name = await createTarget();
  await setPolicy(name, statements());
  const seen: string[] = [];
  for (const who of [owner, reader, bob]) {
    // A refused pull of a manifest hides the repository from pages, and a delete needs the tag that a push wrote.
    const answers: string[] = [];
    for (const act of ACTS) {
      const byEdge = await Promise.all(Object.values(CALLS[act]).map((call) => call({ who, name })));
      answers.push(new Set(byEdge).size === 1 ? (byEdge[0] ? 'Y' : '-') : `${act} differs: ${byEdge.join(' ')}`);
    }
    seen.push(answers.join(''));
    await restoreTags(name);
  }
  expect(seen.join(' ')).toBe(expected);
});

/** Undoes what pushes and deletes did to tags. */
async function restoreTags(name: string): Promise<void> {
  const { id: repositoryId } = await site.app.db.repository.findFirstOrThrow({ where: { registryKey, name } });
  await site.app.db.tag.deleteMany({ where: { repositoryId, name: { startsWith: 'new-' } } });
  const { manifestId } = await site.app.db.tag.findFirstOrThrow({ where: { repositoryId, name: 'v1' } });
  for (const edge of EDGES) {
    const where = { repositoryId_name: { repositoryId, name: `old-${edge}` } };
    await site.app.db.tag.upsert({ where, update: {}, create: { repositoryId, name: `old-${edge}`, manifestId } });
  }
}

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
  const askToken = async ({ user }: Who, scope: string) => {
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
    const paths = ['manifests/v1', `blobs/${layerOf()}`];
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
  const carol = await site.createUser({ scopes: SCOPES });
  const { userId } = carol.caller.principal;
  const who: Who = { ...bob, user: carol };
  const pull = () => callV2({ who, name }, 'GET', 'manifests/v1');
  expect(await pull()).toBe(false);
  const { registryKey: bobs } = await site.app.db.alias.findUniqueOrThrow({ where: { name: bob.user.alias } });
  await site.app.db.member.updateMany({ where: { userId }, data: { isDefault: false } });
  await site.app.db.member.create({ data: { registryKey: bobs, userId, role: 'reader', isDefault: true } });
  await vi.waitFor(async () => expect(await pull()).toBe(true));
  await site.app.db.member.delete({ where: { registryKey_userId: { registryKey: bobs, userId } } });
  await vi.waitFor(async () => expect(await pull()).toBe(false));
});
