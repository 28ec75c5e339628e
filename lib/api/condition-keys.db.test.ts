// What a request names and the kind of its credential decide the same at /v2, in the AWS APIs and in the REST API.
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  GetAuthorizationTokenCommand,
  PutImageCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type ECRClient,
} from '@aws-sdk/client-ecr';
import { AssumeRoleCommand, GetSessionTokenCommand, type Credentials } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRole } from '#lib/publishers/roles/create-role.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import type { BuiltManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { handleRestRequest } from './rest/handle-rest-request.ts';

const site = useAwsSite();
let image: BuiltManifest;
let token: string;
beforeAll(async () => {
  image = await site.build('conditions');
  ({ secret: token } = await createAccessToken(site.vitrine.app, {
    caller: site.user.caller,
    name: 'all',
    scopes: ['api:write', 'repository:*:pull,push,delete'],
    expiresInDays: 1,
  }));
});

const fullNameOf = (name: string) => `${site.user.alias}/${name}`;
const deny = (Action: string | string[], Condition: object) => ({ Effect: 'Deny', Principal: '*', Action, Condition });

async function createUnder(...Statement: object[]): Promise<string> {
  const name = await site.createEmpty();
  await site.push(name, image, ['v1', 'open-v2', 'open-aws', 'open-rest', 'kept-v2', 'kept-aws', 'kept-rest']);
  const text = JSON.stringify({ Version: '2012-10-17', Statement });
  await setRepositoryPolicy(site.vitrine.app, {
    caller: site.user.caller,
    fullName: fullNameOf(name),
    text,
    force: true,
  });
  return name;
}

async function atV2(name: string, method: string, below: string, authorization = basic(token)): Promise<number> {
  const body = method === 'PUT' ? image.bytes.toString() : undefined;
  const headers = { 'content-type': image.mediaType };
  const client = createRawClient(site.vitrine.url, authorization);
  const { status } = await client.send(method, `/v2/${fullNameOf(name)}/${below}`, { headers, ...(body && { body }) });
  return status;
}

async function atRest(name: string, method: string, below: string, body: object | null): Promise<number> {
  const url = `http://localhost/api/v1/repositories/${encodeURIComponent(fullNameOf(name))}${below}`;
  const headers = { authorization: `Bearer ${token}`, 'x-client-address': '127.0.0.1' };
  const request = new Request(url, { method, headers, body: body && JSON.stringify(body) });
  return (await handleRestRequest(site.vitrine.app, request)).status;
}

async function isRefused(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (error) {
    expect((error as Error).name).toBe('AccessDeniedException');
    return true;
  }
}

describe('the tag that a request names', () => {
  const ACTIONS = ['ecr:PutImage', 'ecr:BatchGetImage', 'ecr:BatchDeleteImage'];
  const KEPT = deny(ACTIONS, { StringLike: { 'vitrine:ImageTag': 'kept-*' } });

  test('decides pulls, pushes and deletes', async () => {
    const name = await createUnder(KEPT);
    const { ecr } = site.aws;
    const named = { repositoryName: name };
    const put = { ...named, imageManifest: image.bytes.toString(), imageManifestMediaType: image.mediaType };
    const get = (...tags: string[]) =>
      isRefused(ecr.send(new BatchGetImageCommand({ ...named, imageIds: tags.map((imageTag) => ({ imageTag })) })));
    for (const round of ['cold', 'warm']) {
      const statuses = [
        await atV2(name, 'GET', 'manifests/v1'),
        await atV2(name, 'GET', 'manifests/kept-v2'),
        await atV2(name, 'HEAD', 'manifests/kept-v2'),
        await atV2(name, 'GET', `manifests/${image.digest}`),
      ];
      expect(statuses, round).toEqual([200, 403, 403, 200]);
    }
    expect([await get('v1'), await get('kept-aws'), await get('v1', 'kept-aws')]).toEqual([false, true, true]);

    const push = (imageTag: string) => isRefused(ecr.send(new PutImageCommand({ ...put, imageTag })));
    expect([await atV2(name, 'PUT', 'manifests/new-v2'), await atV2(name, 'PUT', 'manifests/kept-1')]).toEqual([
      201, 403,
    ]);
    const byDigest = `manifests/${image.digest}`;
    expect(await atV2(name, 'PUT', `${byDigest}?tag=a&tag=b`)).toBe(201);
    expect(await atV2(name, 'PUT', `${byDigest}?tag=c&tag=kept-1`)).toBe(403);
    expect(await atV2(name, 'GET', 'manifests/c')).toBe(404);
    expect([await push('new-aws'), await push('kept-1')]).toEqual([false, true]);
    expect(await atRest(name, 'PUT', '/tags/new-rest', { source: 'v1' })).toBe(200);
    expect(await atRest(name, 'PUT', '/tags/kept-1', { source: 'v1' })).toBe(403);

    const remove = (imageTag: string) =>
      isRefused(ecr.send(new BatchDeleteImageCommand({ ...named, imageIds: [{ imageTag }] })));
    expect(await atV2(name, 'DELETE', 'manifests/open-v2')).toBe(202);
    expect(await atV2(name, 'DELETE', 'manifests/kept-v2')).toBe(403);
    expect([await remove('open-aws'), await remove('kept-aws')]).toEqual([false, true]);
    const removeAtRest = (...names: string[]) =>
      atRest(name, 'POST', '/tags/delete', { tags: names.map((one) => ({ name: one })) });
    expect([await removeAtRest('v1', 'kept-rest'), await removeAtRest('open-rest')]).toEqual([403, 200]);
    const rows = await site.vitrine.app.db.tag.findMany({ where: { repository: { name } }, select: { name: true } });
    expect(rows.map((row) => row.name)).toEqual(
      expect.arrayContaining(['v1', 'kept-v2', 'kept-aws', 'kept-rest', 'new-v2', 'new-aws', 'new-rest', 'a', 'b']),
    );
    expect(rows).toHaveLength(9);
  });

  test('may be the only one that a policy opens', async () => {
    const unless = { StringNotLike: { 'vitrine:ImageTag': 'open-*' } };
    const name = await createUnder(deny('ecr:BatchDeleteImage', unless));
    expect(await atV2(name, 'DELETE', 'manifests/v1')).toBe(403);
    expect(await atV2(name, 'DELETE', 'manifests/open-v2')).toBe(202);
    expect(await atRest(name, 'POST', '/tags/delete', { tags: [{ name: 'open-rest' }] })).toBe(200);
  });

  test('isn’t the digest', async () => {
    const name = await createUnder(deny(ACTIONS, { StringEquals: { 'vitrine:ImageDigest': image.digest } }));
    expect(await atV2(name, 'GET', 'manifests/v1')).toBe(200);
    expect(await atV2(name, 'GET', `manifests/${image.digest}`)).toBe(403);
    const get = (imageId: object) =>
      isRefused(site.aws.ecr.send(new BatchGetImageCommand({ repositoryName: name, imageIds: [imageId] })));
    expect([await get({ imageTag: 'v1' }), await get({ imageTag: 'v1', imageDigest: image.digest })]).toEqual([
      false,
      true,
    ]);
  });
});

describe('the kind of a credential', () => {
  const clientsOf = (given: Credentials | undefined) =>
    createAwsClients(site.vitrine.url, {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    });
  const openSession = async () => clientsOf((await site.aws.sts.send(new GetSessionTokenCommand({}))).Credentials).ecr;
  const login = async (ecr: ECRClient) => {
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
    return `Basic ${authorizationData?.[0]?.authorizationToken ?? ''}`;
  };
  const bearer = async (authorization: string, name: string) => {
    const scope = `repository:${fullNameOf(name)}:pull`;
    const query = new URLSearchParams({ service: site.vitrine.host, scope });
    const response = await fetch(`${site.vitrine.url}/token?${query}`, { headers: { authorization } });
    return `Bearer ${((await response.json()) as { token: string }).token}`;
  };
  const openRole = async () => {
    const { registryId } = site.key;
    const { id: registryKey } = await site.vitrine.app.db.registry.findUniqueOrThrow({ where: { registryId } });
    const Statement = [{ Effect: 'Allow', Principal: { AWS: registryId }, Action: 'sts:AssumeRole' }];
    const { arn } = await createRole(site.vitrine.app, {
      caller: site.user.caller,
      registryKey,
      name: `role-${Math.random().toString(36).slice(2)}`,
      trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement }),
      permission: 'reader',
      description: '',
      maxSessionSeconds: 3_600,
    });
    const command = new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'run' });
    return clientsOf((await site.aws.sts.send(command)).Credentials).ecr;
  };

  /** The kinds of credentials that may pull, at each edge. */
  async function whoMayPull(name: string): Promise<string[]> {
    const [session, role] = [await openSession(), await openRole()];
    const get = new BatchGetImageCommand({ repositoryName: name, imageIds: [{ imageTag: 'v1' }] });
    const logins = { 'a login': await login(site.aws.ecr), 'a role’s login': await login(role) };
    const allowed = [
      (await atV2(name, 'GET', 'manifests/v1')) === 200 && 'an access token',
      (await atV2(name, 'GET', 'manifests/v1', await bearer(basic(token), name))) === 200 && 'its docker login',
      !(await isRefused(site.aws.ecr.send(get))) && 'an access key',
      !(await isRefused(session.send(get))) && 'a session token',
      !(await isRefused(role.send(get))) && 'a role',
    ];
    for (const [what, header] of Object.entries(logins)) {
      allowed.push((await atV2(name, 'GET', 'manifests/v1', header)) === 200 && what);
      allowed.push((await atV2(name, 'GET', 'manifests/v1', await bearer(header, name))) === 200 && `${what}’s token`);
    }
    return allowed.filter((one) => one !== false);
  }

  test.each<[string, string[]]>([
    ['access-token', ['an access token', 'its docker login']],
    ['access-key', ['an access key']],
    ['temporary', ['a session token', 'a login', 'a login’s token']],
    ['role-session', ['a role', 'a role’s login', 'a role’s login’s token']],
    ['web-identity', []],
  ])('%s: %j may pull', async (type, expected) => {
    const name = await createUnder(deny('ecr:*', { StringNotEquals: { 'vitrine:CredentialType': type } }));
    expect(await whoMayPull(name)).toEqual(expected);
  });

  test('tells when a temporary one was issued', async () => {
    const early = await login(site.aws.ecr);
    const time = new Date(Date.now() + 1_000).toISOString();
    const name = await createUnder(deny('ecr:*', { DateLessThan: { 'aws:TokenIssueTime': time } }));
    expect(await atV2(name, 'GET', 'manifests/v1', early)).toBe(404);
    expect(await atV2(name, 'GET', 'manifests/v1')).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const late = await login(site.aws.ecr);
    for (const round of ['cold', 'warm']) {
      expect(await atV2(name, 'GET', 'manifests/v1', late), round).toBe(200);
      expect(await atV2(name, 'GET', 'manifests/v1', early), round).toBe(404);
    }
  });
});

const tags = (key: string, Value = 'red') => [{ Key: key, Value }];

describe('resource tags of a repository', () => {
  test('decide pulls at once, also those that are remembered', async () => {
    const Condition = { StringEquals: { 'aws:ResourceTag/Team': 'blue' } };
    const name = await createUnder(deny('ecr:BatchGetImage', Condition));
    const resourceArn = `arn:aws:ecr:us-east-1:${site.key.registryId}:repository/${name}`;
    const imageIds = [{ imageTag: 'v1' }];
    const pull = async () => [
      await atV2(name, 'GET', 'manifests/v1'),
      await isRefused(site.aws.ecr.send(new BatchGetImageCommand({ repositoryName: name, imageIds }))),
      await atRest(name, 'GET', '', null),
    ];
    const isAllowed = [200, false, 200];
    const isDenied = [403, true, 404];
    for (let round = 0; round < 3; round += 1) expect(await pull()).toEqual(isAllowed);
    await site.aws.ecr.send(new TagResourceCommand({ resourceArn, tags: [...tags('Team', 'blue'), ...tags('Other')] }));
    expect(await pull()).toEqual(isDenied);
    await site.aws.ecr.send(new UntagResourceCommand({ resourceArn, tagKeys: ['Team'] }));
    expect(await pull()).toEqual(isAllowed);
    const { resourceTagValues } = await site.vitrine.app.db.repository.findFirstOrThrow({ where: { name } });
    expect(resourceTagValues).toEqual({ Other: 'red' });
  });
});

describe('resource tags that a request sets', () => {
  test('decide TagResource and UntagResource', async () => {
    const name = await createUnder(
      deny(['ecr:TagResource', 'ecr:UntagResource'], { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['Owner'] } }),
      deny('ecr:TagResource', { StringEquals: { 'aws:RequestTag/Team': 'blue' } }),
    );
    const resourceArn = `arn:aws:ecr:us-east-1:${site.key.registryId}:repository/${name}`;
    const add = (key: string, value?: string) =>
      isRefused(site.aws.ecr.send(new TagResourceCommand({ resourceArn, tags: tags(key, value) })));
    const remove = (...tagKeys: string[]) =>
      isRefused(site.aws.ecr.send(new UntagResourceCommand({ resourceArn, tagKeys })));
    expect([await add('Team'), await add('Team', 'blue'), await add('Owner')]).toEqual([false, true, true]);
    expect([await remove('Team'), await remove('Team', 'Owner')]).toEqual([false, true]);
  });

  test('decide CreateRepository under the policy of a role’s session', async () => {
    const { registryId } = site.key;
    const { id: registryKey } = await site.vitrine.app.db.registry.findUniqueOrThrow({ where: { registryId } });
    const trust = [{ Effect: 'Allow', Principal: { AWS: registryId }, Action: 'sts:AssumeRole' }];
    const { arn } = await createRole(site.vitrine.app, {
      caller: site.user.caller,
      registryKey,
      name: 'creator',
      trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: trust }),
      permission: 'maintainer',
      description: '',
      maxSessionSeconds: 3_600,
    });
    const Condition = { StringEquals: { 'aws:RequestTag/Team': 'red' } };
    const Statement = [{ Effect: 'Allow', Action: ['ecr:*'], Resource: '*', Condition }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const command = new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'run', Policy });
    const { Credentials: given } = await site.aws.sts.send(command);
    const { ecr } = createAwsClients(site.vitrine.url, {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    });
    const create = (repositoryName: string, value?: string) =>
      isRefused(ecr.send(new CreateRepositoryCommand({ repositoryName, ...(value && { tags: tags('Team', value) }) })));
    expect([await create('red', 'red'), await create('blue', 'blue'), await create('plain')]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
