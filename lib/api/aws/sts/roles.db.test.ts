// Roles: who may assume them, what their sessions may do, and what ends these.
import {
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  PutImageTagMutabilityCommand,
} from '@aws-sdk/client-ecr';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
  type Credentials,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toCloudTrail } from '#lib/api/aws/cloudtrail/to-cloud-trail.ts';
import { NO_REQUEST } from '#lib/access/schema.ts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { findKeyHolder } from '#lib/identity/access-keys/find-key-holder.ts';
import { readAudit } from '#lib/events/read-audit.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { addIdentityProvider } from '#lib/publishers/identity-providers/add-identity-provider.ts';
import { createRole, type CreateRoleInput } from '#lib/publishers/roles/create-role.ts';
import { endRoleSessions } from '#lib/publishers/roles/end-role-sessions.ts';
import { removeRole } from '#lib/publishers/roles/remove-role.ts';
import { updateRole } from '#lib/publishers/roles/update-role.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { createSigningKey, startTestIssuer, type TestIssuer } from '#lib/testing/servers/test-issuer.ts';

const AUDIENCE = 'vitrine.example';
const site = useAwsSite({ UPSTREAM_NETWORKS: '127.0.0.1/32' });
let at: TestIssuer;
let registryKey: bigint;
let count = 0;
beforeAll(async () => {
  at = await startTestIssuer(AUDIENCE);
  const { id } = await site.vitrine.app.db.registry.findUniqueOrThrow({ where: { registryId: site.key.registryId } });
  registryKey = id;
  const provider = { caller: site.user.caller, registryKey, issuer: at.issuer, audiences: [AUDIENCE] };
  await addIdentityProvider(site.vitrine.app, provider);
});
afterAll(() => at.close());

const issuerName = () => at.issuer.replace('http://', '');
const statement = (element: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...element }] });
const trustAws = (principal: string, condition?: object) =>
  statement({ Principal: { AWS: principal }, Action: 'sts:AssumeRole', ...(condition && { Condition: condition }) });
const trustToken = (claims: Record<string, string>) =>
  statement({
    Principal: { Federated: `arn:aws:iam::${site.key.registryId}:oidc-provider/${issuerName()}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: Object.fromEntries(
        Object.entries(claims).map(([name, value]) => [`${issuerName()}:${name}`, value]),
      ),
    },
  });

async function makeRole(
  trustPolicy: string,
  more: Partial<CreateRoleInput> = {},
): Promise<{ name: string; arn: string }> {
  const name = `role-${(count += 1)}`;
  const settings = { permission: 'reader' as const, description: '', maxSessionSeconds: 3_600 };
  return createRole(site.vitrine.app, {
    caller: site.user.caller,
    registryKey,
    name,
    trustPolicy,
    ...settings,
    ...more,
  });
}

const clientsOf = (credentials: Credentials | undefined) =>
  createAwsClients(site.vitrine.url, {
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken ?? '',
  });

async function assume(RoleArn: string, from: AwsClients = site.aws, more: object = {}) {
  return from.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'run-1', ...more }));
}

async function assumeByToken(RoleArn: string, token: string, RoleSessionName = 'job-7') {
  const sts = new STSClient({ endpoint: site.vitrine.url, region: 'eu-central-1', maxAttempts: 1 });
  return sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName, WebIdentityToken: token }));
}

const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

describe('AssumeRole', () => {
  test('gives the named user a session with the rights of the role', async () => {
    const user = `arn:aws:iam::${site.key.registryId}:user/${site.user.caller.principal.userId}`;
    const { name, arn } = await makeRole(trustAws(user));
    const assumed = await assume(arn);
    const session = `arn:aws:sts::${site.key.registryId}:assumed-role/${name}/run-1`;
    expect(assumed.AssumedRoleUser).toEqual({
      Arn: session,
      AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:run-1$/) as string,
    });
    const clients = clientsOf(assumed.Credentials);
    expect(await clients.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: session,
      Account: site.key.registryId,
      UserId: assumed.AssumedRoleUser?.AssumedRoleId,
    });
    const repositoryName = await site.createEmpty();
    const { repositories } = await clients.ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
    );
    expect(repositories).toHaveLength(1);
    const change = { repositoryName, imageTagMutability: 'IMMUTABLE' as const };
    await expect(clients.ecr.send(new PutImageTagMutabilityCommand(change))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(session) as string,
    });
  });

  test('lets owners and maintainers in where the policy names the registry, and nobody else', async () => {
    const { arn } = await makeRole(trustAws(site.key.registryId));
    await assume(arn);
    const { app } = site.vitrine;
    const robotOf = async (role: 'pusher' | 'maintainer') => {
      const { key } = await createTestRobot(site.vitrine, site.user, { role });
      return createAwsClients(site.vitrine.url, key);
    };
    await expect(assume(arn, await robotOf('pusher'))).rejects.toMatchObject(denied);
    await assume(arn, await robotOf('maintainer'));
    const stranger = await site.vitrine.createUser();
    const strangers = createAwsClients(site.vitrine.url, await createTestKey({ app }, stranger));
    await expect(assume(arn, strangers)).rejects.toMatchObject(denied);
    const missing = arn.replace(/role-\d+$/, 'role-none');
    await expect(assume(missing)).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining(missing) as string,
    });
  });

  test('needs both sides across registries, and the external id that the policy asks for', async () => {
    const stranger = await site.vitrine.createUser();
    const key = await createTestKey(site.vitrine, stranger);
    const from = createAwsClients(site.vitrine.url, key);
    const { arn } = await makeRole(trustAws(key.registryId, { StringEquals: { 'sts:ExternalId': 'acme-42' } }));
    await expect(assume(arn, from)).rejects.toMatchObject(denied);
    await expect(assume(arn, from, { ExternalId: 'acme-41' })).rejects.toMatchObject(denied);
    const { Credentials: credentials } = await assume(arn, from, { ExternalId: 'acme-42' });
    expect(await clientsOf(credentials).sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: site.key.registryId,
    });
  });

  test('chains roles only where the next role trusts the first, and for an hour at most', async () => {
    const first = await makeRole(trustAws(site.key.registryId), { permission: 'maintainer' });
    const { Credentials: credentials } = await assume(first.arn);
    const from = clientsOf(credentials);
    const trusting = await makeRole(trustAws(first.arn), { maxSessionSeconds: 7_200 });
    const { Credentials: second } = await assume(trusting.arn, from);
    expect(second?.Expiration?.getTime()).toBeLessThanOrEqual(credentials?.Expiration?.getTime() ?? 0);
    await expect(assume(trusting.arn, from, { DurationSeconds: 7_200 })).rejects.toThrow('1 hour session limit');
    const other = await makeRole(trustAws(`arn:aws:iam::${site.key.registryId}:role/somebody-else`));
    await expect(assume(other.arn, from)).rejects.toMatchObject(denied);
    await expect(from.sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject(denied);
  });

  test('refuses what is out of bounds or not supported', async () => {
    const { arn } = await makeRole(trustAws(site.key.registryId));
    const refused: [object, RegExp][] = [
      [{ DurationSeconds: 7_200 }, /MaxSessionDuration/],
      [{ DurationSeconds: 60 }, /greater than or equal to 900/],
      [{ RoleSessionName: 'a b' }, /roleSessionName|RoleSessionName/],
      [{ RoleArn: 'arn:aws:iam::1:role/nothing' }, /invalid/],
      [{ Policy: '{}' }, /Invalid policy/],
      [{ Policy: 'x' }, /not JSON/],
      [{ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }, /PolicyArns/],
      [{ Tags: [{ Key: 'a', Value: 'b' }] }, /Tags/],
    ];
    for (const [more, message] of refused) await expect(assume(arn, site.aws, more)).rejects.toThrow(message);
  });
});

describe('a session policy', () => {
  const policyOf = (Action: string | string[], more: object = {}) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*', ...more }] });

  /** Returns the statuses of a manifest, its layer and the start of a push, asked twice. */
  async function tryRights(Policy: string): Promise<number[][]> {
    const { arn } = await makeRole(trustAws(site.key.registryId), { permission: 'pusher' });
    const image = await site.build(`narrowed ${Policy}`);
    const repositoryName = await site.createEmpty();
    await site.push(repositoryName, image, ['v1']);
    const { Credentials: credentials } = await assume(arn, site.aws, { Policy });
    const { authorizationData } = await clientsOf(credentials).ecr.send(new GetAuthorizationTokenCommand({}));
    const headers = { authorization: `Basic ${authorizationData?.[0]?.authorizationToken}` };
    const path = `${site.vitrine.url}/v2/${site.user.alias}/${repositoryName}`;
    const ask = async () => [
      (await fetch(`${path}/manifests/v1`, { headers })).status,
      (await fetch(`${path}/blobs/${image.blobs[0]?.digest}`, { headers })).status,
      (await fetch(`${path}/blobs/uploads/`, { method: 'POST', headers })).status,
    ];
    return [await ask(), await ask()];
  }
  const twice = (...statuses: number[]) => [statuses, statuses];

  test('takes away what it does not allow, and adds nothing', async () => {
    const pull = ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
    expect(await tryRights(policyOf(pull))).toEqual(twice(200, 200, 403));
    expect(await tryRights(policyOf(['ecr:GetAuthorizationToken', 'ecr:BatchGetImage']))).toEqual(twice(200, 403, 403));
    expect(await tryRights(policyOf(['ecr:*']))).toEqual(twice(200, 200, 202));
    const { arn } = await makeRole(trustAws(site.key.registryId));
    const { Credentials: credentials } = await assume(arn, site.aws, { Policy: policyOf('ecr:*') });
    const change = { repositoryName: await site.createEmpty(), imageTagMutability: 'IMMUTABLE' as const };
    const { ecr } = clientsOf(credentials);
    await expect(ecr.send(new PutImageTagMutabilityCommand(change))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('is tested against each request', async () => {
    const from = (address: string) => ({ Condition: { IpAddress: { 'aws:SourceIp': address } } });
    expect(await tryRights(policyOf('ecr:*', from('127.0.0.0/8')))).toEqual(twice(200, 200, 202));
    const { arn } = await makeRole(trustAws(site.key.registryId));
    const Policy = policyOf('ecr:*', from('203.0.113.0/24'));
    const { Credentials: credentials } = await assume(arn, site.aws, { Policy });
    const { ecr, sts } = clientsOf(credentials);
    await expect(ecr.send(new GetAuthorizationTokenCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    // Needs no permission.
    await sts.send(new GetCallerIdentityCommand({}));
  });
});

describe('AssumeRoleWithWebIdentity', () => {
  test('gives the holder of a token a session without any other credential, which pulls', async () => {
    const { name, arn } = await makeRole(trustToken({ sub: 'workload', repository_id: '42' }));
    const image = await site.build('web identity');
    const repositoryName = await site.createEmpty();
    await site.push(repositoryName, image, ['v1']);
    // SDKs send the token's file as it is.
    const token = `${await at.sign({ repository_id: '42' })}\n`;
    const assumed = await assumeByToken(arn, token);
    expect(assumed).toMatchObject({ SubjectFromWebIdentityToken: 'workload', Audience: AUDIENCE, Provider: at.issuer });
    const clients = clientsOf(assumed.Credentials);
    const { authorizationData } = await clients.ecr.send(new GetAuthorizationTokenCommand({}));
    const [data] = authorizationData ?? [];
    expect(data?.expiresAt?.getTime()).toBeLessThanOrEqual(assumed.Credentials?.Expiration?.getTime() ?? 0);
    const pull = () =>
      fetch(`${site.vitrine.url}/v2/${site.user.alias}/${repositoryName}/manifests/v1`, {
        headers: { authorization: `Basic ${data?.authorizationToken}` },
      });
    expect((await pull()).status).toBe(200);
    expect((await pull()).status).toBe(200);
    await endRoleSessions(site.vitrine.app, { caller: site.user.caller, registryKey, name });
    await expect.poll(async () => (await pull()).status).toBe(401);
    await expect(clients.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
  });

  test('refuses each wrong token in a sentence', async () => {
    const { arn } = await makeRole(trustToken({ sub: 'workload' }));
    const expired = Math.floor(Date.now() / 1000) - 3_600;
    const refused: [string, string, RegExp][] = [
      [await at.sign({ exp: expired }), 'ExpiredTokenException', /has expired/],
      [await at.sign({ aud: 'elsewhere' }), 'InvalidIdentityTokenException', /is for elsewhere/],
      [await at.sign({ sub: 'somebody' }), 'AccessDenied', /subject somebody/],
      [await at.sign({}, await createSigningKey('one')), 'InvalidIdentityTokenException', /isn't signed/],
      [await at.sign({ iss: 'https://evil.example' }), 'InvalidIdentityTokenException', /No identity provider/],
      ['not-a-token', 'InvalidIdentityTokenException', /not a JSON Web Token/],
    ];
    for (const [token, name, message] of refused) {
      const answer = assumeByToken(arn, token);
      await expect(answer).rejects.toMatchObject({ name });
      await expect(answer).rejects.toThrow(message);
    }
    const foreign = arn.replace(site.key.registryId, '999999999999');
    await expect(assumeByToken(foreign, await at.sign())).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
    });
  });

  test('leaves every other unsigned call unauthenticated', async () => {
    const body = new URLSearchParams({ Action: 'AssumeRole', Version: '2011-06-15' });
    const answer = await fetch(site.vitrine.url, { method: 'POST', body });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('MissingAuthenticationToken');
    const huge = new URLSearchParams({ ...Object.fromEntries(body), WebIdentityToken: 'x'.repeat(100_000) });
    expect((await fetch(site.vitrine.url, { method: 'POST', body: huge })).status).toBeGreaterThanOrEqual(400);
  });
});

describe('a role', () => {
  test('loses the sessions, chained ones too, of a user whose account is disabled', async () => {
    const { vitrine } = site;
    const user = await vitrine.createUser();
    const { userId } = user.caller.principal;
    await vitrine.app.db.member.create({ data: { registryKey, userId, role: 'reader' } });
    const key = await createAccessKey(vitrine.app, { caller: user.caller, registryKey });
    const own = createAwsClients(vitrine.url, key);
    const first = await makeRole(trustAws(`arn:aws:iam::${site.key.registryId}:user/${userId}`));
    const inner = await makeRole(trustAws(first.arn));
    const opened = await assume(first.arn, own);
    const chained = await assume(inner.arn, clientsOf(opened.Credentials));
    const kept = await makeRole(
      trustAws(`arn:aws:iam::${site.key.registryId}:user/${site.user.caller.principal.userId}`),
    );
    const others = await assume(kept.arn);
    const identify = (clients: AwsClients) => clients.sts.send(new GetCallerIdentityCommand({}));
    const ended = [own, clientsOf(opened.Credentials), clientsOf(chained.Credentials)];
    for (const clients of ended) await identify(clients);
    const admin = await vitrine.createUser({ role: 'admin' });
    await disableUser(vitrine.app, { caller: admin.caller, userId, reason: 'Left.' });
    for (const clients of ended) await expect(identify(clients)).rejects.toThrow();
    await identify(clientsOf(others.Credentials));
  });

  test('that is disabled or removed ends its sessions at once', async () => {
    const { app } = site.vitrine;
    const { caller } = site.user;
    const { name, arn } = await makeRole(trustAws(site.key.registryId));
    const { Credentials: credentials } = await assume(arn);
    const { sts } = clientsOf(credentials);
    const identify = () => sts.send(new GetCallerIdentityCommand({}));
    await identify();
    await updateRole(app, { caller, registryKey, name, isEnabled: false });
    await expect(identify()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(assume(arn)).rejects.toMatchObject(denied);
    await updateRole(app, { caller, registryKey, name, isEnabled: true });
    await identify();
    await removeRole(app, { caller, registryKey, name });
    await expect(identify()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  test('is named with its session in the audit log and its export', async () => {
    const { name, arn } = await makeRole(trustAws(site.key.registryId), { permission: 'maintainer' });
    const { Credentials: credentials } = await assume(arn, site.aws, { RoleSessionName: 'release-9' });
    const repositoryName = await site.createEmpty();
    const change = { repositoryName, imageTagMutability: 'IMMUTABLE' as const };
    await clientsOf(credentials).ecr.send(new PutImageTagMutabilityCommand(change));
    const { caller } = site.user;
    const actor = `role:${site.key.registryId}/${name}/release-9`;
    const search = { caller, registryKey, filter: { principal: actor }, before: null, limit: 10 };
    const [event] = await readAudit(site.vitrine.app, search);
    expect(event).toMatchObject({ actor, accessKeyId: credentials?.AccessKeyId });
    if (!event) throw new Error('no event');
    expect(toCloudTrail(event, NO_REQUEST.site)).toMatchObject({
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${site.key.registryId}:assumed-role/${name}/release-9`,
        sessionContext: { sessionIssuer: { arn, userName: name } },
      },
    });
  });

  test.each([
    ['not JSON', '{', /^Invalid trust policy. Line 1, column 2: /],
    ['everybody', statement({ Principal: '*', Action: 'sts:AssumeRole' }), /would let everybody/],
    [
      'an unknown provider',
      statement({
        Principal: { Federated: 'arn:aws:iam::1:oidc-provider/x' },
        Action: 'sts:AssumeRoleWithWebIdentity',
      }),
      /no identity provider/,
    ],
    ['another action', statement({ Principal: { AWS: '111111111111' }, Action: 'ecr:*' }), /ecr:\* isn't possible/],
    [
      'a resource',
      statement({ Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole', Resource: '*' }),
      /Remove Resource/,
    ],
    [
      'a service',
      statement({ Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
      /Remove Service/,
    ],
    ['a name with a wildcard', trustAws('arn:aws:iam::111111111111:user/*'), /isn't a principal/],
    ['nobody', statement({ Action: 'sts:AssumeRole' }), /Principal/],
  ])('can not trust %s', async (_what, trustPolicy, message) => {
    await expect(makeRole(trustPolicy)).rejects.toThrow(message);
  });

  test('can not trust every token of a provider', async () => {
    await expect(makeRole(trustToken({ aud: AUDIENCE }))).rejects.toThrow('Every token');
  });

  test('needs an id, not a name, from an issuer that signs for everybody', async () => {
    const { app } = site.vitrine;
    const issuer = 'https://token.actions.githubusercontent.com';
    await addIdentityProvider(app, { caller: site.user.caller, registryKey, issuer, audiences: ['sts.amazonaws.com'] });
    const host = 'token.actions.githubusercontent.com';
    const trust = (Condition: object) =>
      statement({
        Principal: { Federated: `arn:aws:iam::${site.key.registryId}:oidc-provider/${host}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition,
      });
    await expect(makeRole(trust({ StringLike: { [`${host}:sub`]: 'repo:acme/*' } }))).rejects.toThrow(
      'signs tokens for everybody',
    );
    await expect(makeRole(trust({ StringLike: { [`${host}:repository_id`]: '*' } }))).rejects.toThrow('repository_id');
    await makeRole(trust({ StringEquals: { [`${host}:repository_id`]: '42' } }));
  });

  test('is managed by owners and maintainers, and never by robots', async () => {
    const { app } = site.vitrine;
    const { key } = await createTestRobot(site.vitrine, site.user, { role: 'maintainer' });
    const holder = await findKeyHolder(app, key.accessKeyId);
    if (!holder) throw new Error('no robot');
    const caller = { principal: holder.principal, context: NO_REQUEST };
    await expect(makeRole(trustAws(site.key.registryId), { caller })).rejects.toThrow(
      'Robots and roles can’t do this.',
    );
    const stranger = await site.vitrine.createUser();
    await expect(makeRole(trustAws(site.key.registryId), { caller: stranger.caller })).rejects.toThrow('Only owners');
  });
});
