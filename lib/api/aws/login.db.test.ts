// From an access key to a pull: identity, login passwords, temporary credentials and what ends them.
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { deleteAccessKey } from '#lib/identity/access-keys/delete-access-key.ts';
import { switchAccessKey } from '#lib/identity/access-keys/switch-access-key.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { basic as basicOf, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';

const site = useAwsSite();

async function getPassword(clients: AwsClients = site.aws): Promise<{ token: string; password: string }> {
  const { authorizationData } = await clients.ecr.send(new GetAuthorizationTokenCommand({}));
  const token = authorizationData?.[0]?.authorizationToken ?? '';
  return { token, password: Buffer.from(token, 'base64').toString().slice('AWS:'.length) };
}

const get = (path: string, authorization: string) => fetch(site.vitrine.url + path, { headers: { authorization } });
const basic = (password: string) => `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`;

async function registryKeyOf(): Promise<bigint> {
  const { id } = await site.vitrine.app.db.registry.findUniqueOrThrow({ where: { registryId: site.key.registryId } });
  return id;
}

describe('GetCallerIdentity', () => {
  test('names the registry and its member', async () => {
    const identity = await site.aws.sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: site.key.registryId,
      Arn: `arn:aws:iam::${site.key.registryId}:user/${site.user.caller.principal.userId}`,
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/) as string,
    });
  });

  test('refuses a wrong secret in the words that clients know', async () => {
    const wrong = createAwsClients(site.vitrine.url, { ...site.key, secretAccessKey: 'x'.repeat(40) });
    const refusal = { name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } };
    await expect(wrong.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject(refusal);
  });
});

describe('GetAuthorizationToken', () => {
  test('answers a login of twelve hours that has no characters of only one base64 alphabet', async () => {
    const { authorizationData } = await site.aws.ecr.send(new GetAuthorizationTokenCommand({}));
    const [data] = authorizationData ?? [];
    expect(data?.proxyEndpoint).toBe(site.vitrine.url);
    expect((data?.expiresAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(11.9 * 3_600_000);
    expect(data?.authorizationToken).toMatch(/^[A-Za-z0-9]+=*$/);
    expect(
      Buffer.from(data?.authorizationToken ?? '', 'base64')
        .toString()
        .split(':'),
    ).toHaveLength(2);
  });

  test('is a password for docker, and a raw Basic or Bearer header', async () => {
    const { token, password } = await getPassword();
    for (const header of [basic(password), `Basic ${token}`, `Bearer ${token}`]) {
      expect((await get('/v2/', header)).status).toBe(200);
    }
    const answer = await get(`/token?scope=repository:${site.user.alias}/app:pull,push`, basic(password));
    const { token: bearer, scope } = (await answer.json()) as { token: string; scope: string };
    expect(scope).toBe(`repository:${site.user.alias}/app:pull,push`);
    expect((await get('/v2/', `Bearer ${bearer}`)).status).toBe(200);
  });

  test('records once a minute when, where and for what the key was last used', async () => {
    const where = { id: site.key.accessKeyId };
    const { accessKey } = site.vitrine.app.db;
    const lastUse = () => accessKey.findUniqueOrThrow({ where });
    const { password } = await getPassword();
    await accessKey.update({ where, data: { lastUsedAt: null } });
    await site.aws.sts.send(new GetCallerIdentityCommand({}));
    const first = await lastUse();
    expect(first).toMatchObject({ lastUsedService: 'sts', lastUsedAddress: '127.0.0.1' });
    await site.aws.ecr.send(new GetAuthorizationTokenCommand({}));
    expect(await lastUse()).toEqual(first);
    await accessKey.update({ where, data: { lastUsedAt: new Date(Date.now() - 61_000), lastUsedAddress: null } });
    await get('/v2/', basic(password));
    expect(await lastUse()).toMatchObject({ lastUsedService: 'registry', lastUsedAddress: '127.0.0.1' });
    expect((await lastUse()).lastUsedAt?.getTime()).toBeGreaterThanOrEqual(first.lastUsedAt?.getTime() ?? Infinity);
  });
});

describe('temporary credentials', () => {
  async function getSession(): Promise<AwsClients> {
    const { Credentials } = await site.aws.sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA/);
    return createAwsClients(site.vitrine.url, {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    });
  }

  test('do what their key does, and their logins end with them', async () => {
    const session = await getSession();
    expect(await session.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: site.key.registryId });
    const { authorizationData } = await session.ecr.send(new GetAuthorizationTokenCommand({}));
    expect((authorizationData?.[0]?.expiresAt?.getTime() ?? 0) - Date.now()).toBeLessThan(901_000);
  });

  test('need their own session token', async () => {
    const { Credentials } = await site.aws.sts.send(new GetSessionTokenCommand({}));
    const other = await site.aws.sts.send(new GetSessionTokenCommand({}));
    for (const sessionToken of [undefined, other.Credentials?.SessionToken]) {
      const mixed = createAwsClients(site.vitrine.url, {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        ...(sessionToken && { sessionToken }),
      });
      await expect(mixed.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
        name: 'InvalidClientTokenId',
      });
    }
  });

  test('expire', async () => {
    const session = await getSession();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 901_000 });
    await expect(session.ecr.send(new GetAuthorizationTokenCommand({}))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
    });
    vi.useRealTimers();
  });
});

describe('a key that is disabled or deleted', () => {
  test('ends its requests, logins and tokens at once', async () => {
    const registryKey = await registryKeyOf();
    const { password } = await getPassword();
    const answer = await get('/token', basic(password));
    const { token: bearer } = (await answer.json()) as { token: string };
    const { caller } = site.user;
    await switchAccessKey(site.vitrine.app, {
      caller,
      accessKeyId: site.key.accessKeyId,
      registryKey,
      isEnabled: false,
    });
    const refused = {
      name: 'UnrecognizedClientException',
      message: /security token included in the request is invalid/,
    };
    await expect(site.aws.ecr.send(new GetAuthorizationTokenCommand({}))).rejects.toMatchObject({
      name: refused.name,
      message: expect.stringMatching(refused.message) as string,
    });
    expect((await get('/v2/', basic(password))).status).toBe(401);
    expect((await get(`/token?scope=repository:${site.user.alias}/app:pull,push`, basic(password))).status).toBe(401);
    expect((await get(`/v2/${site.user.alias}/app/tags/list`, `Bearer ${bearer}`)).status).toBe(401);

    await switchAccessKey(site.vitrine.app, {
      caller,
      accessKeyId: site.key.accessKeyId,
      registryKey,
      isEnabled: true,
    });
    expect((await get('/v2/', basic(password))).status).toBe(200);
    await deleteAccessKey(site.vitrine.app, { caller, accessKeyId: site.key.accessKeyId, registryKey });
    expect((await get('/v2/', basic(password))).status).toBe(401);
  });

  test('leaves a login that still pulls public images', async () => {
    const spare = await createTestKey(site.vitrine, site.user);
    const { password } = await getPassword(createAwsClients(site.vitrine.url, spare));
    const registryKey = await registryKeyOf();
    await deleteAccessKey(site.vitrine.app, { caller: site.user.caller, accessKeyId: spare.accessKeyId, registryKey });
    const pull = await get('/token?scope=repository:some/public:pull', basic(password));
    expect(pull.status).toBe(200);
    const fields = { grant_type: 'password', username: 'AWS', password, scope: 'repository:some/public:pull' };
    const byForm = await fetch(`${site.vitrine.url}/token`, { method: 'POST', body: new URLSearchParams(fields) });
    expect(byForm.status).toBe(200);
    const bytes = randomBytes(100);
    const digest = sha256(bytes);
    const owner = createRawClient(site.vitrine.url, basicOf(site.user.token));
    const path = `/v2/${site.user.alias}/kept/blobs`;
    expect((await owner.send('POST', `${path}/uploads/?digest=${digest}`, { body: bytes })).status).toBe(201);
    // It can't keep a blob from garbage collection, as the HEAD of a push does.
    const leasedAt = new Date(0);
    await site.vitrine.app.db.repositoryBlob.updateMany({ where: { digest }, data: { leasedAt } });
    const head = await createRawClient(site.vitrine.url, basic(password)).send('HEAD', `${path}/${digest}`);
    expect(head.status).toBe(200);
    expect(await site.vitrine.app.db.repositoryBlob.findFirst({ where: { digest } })).toMatchObject({ leasedAt });
    // A login itself fails, and says why.
    const login = await get('/token', basic(password));
    expect([login.status, await login.text()]).toEqual([401, expect.stringContaining('was disabled or deleted')]);
  });
});
