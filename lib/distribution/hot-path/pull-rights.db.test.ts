// A lost right ends warm pulls: at once on the replica that took it, and within a second on others.
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { attachPolicy } from '#lib/access/attached/attached-policy.ts';
import { parsePolicy } from '#lib/access/policy-document.ts';
import type { Credentials } from '#lib/distribution/authorization/credentials.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { issueLoginPassword } from '#lib/identity/access-keys/login-password.ts';
import { issueRegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { NO_REQUEST } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { createPullRights, type AllowedPull } from './pull-rights.ts';

describe('a right', () => {
  let isCurrent = true;
  beforeEach(() => (isCurrent = true));
  const tokenOf = (userId: string): Credentials => {
    const blank = { scopes: null, grants: [], accessTokenId: null, accessKeyId: null };
    return { kind: 'bearer', token: { ...blank, userId, issuedAt: new Date(), expiresAt: new Date(8e15) } };
  };
  const credentials = tokenOf('ada');
  const repository = { id: 1n, fullName: 'acme/tool', policy: null } as FoundRepository;
  const ada = {
    kind: 'user',
    userId: 'ada',
    email: 'ada@example.org',
    displayName: 'Ada',
    siteRole: 'user',
    scopes: null,
    apiAccess: 'write',
  } as TestUser['caller']['principal'];
  const by = { principal: ada, membership: null };
  const step = { step: 'ecr:BatchGetImage', readContext: () => NO_REQUEST } as const;
  const asked = { credentials, repository };
  const allow = (expiresAt: Date | null = null) => Promise.resolve({ repository, expiresAt, by });
  const rights = () => createPullRights(() => isCurrent);

  test('is known for these credentials and this row only', async () => {
    const known = rights();
    await known.learn(asked, allow);
    expect(known.mayPull(credentials, repository, step)).toBe(true);
    expect(known.mayPull(tokenOf('ada'), repository, step)).toBe(false);
    expect(known.mayPull({ kind: 'none' }, repository, step)).toBe(false);
    expect(known.mayPull(credentials, { ...repository }, step)).toBe(false);
  });

  test.each(['ada', null])('is forgotten by the change %s', async (change) => {
    const known = rights();
    await known.learn(asked, allow);
    known.forget(change);
    expect(known.mayPull(credentials, repository, step)).toBe(false);
  });

  test('survives changes of other users, and is unknown while changes may have been missed', async () => {
    const known = rights();
    await known.learn(asked, allow);
    known.forget('bob');
    expect(known.mayPull(credentials, repository, step)).toBe(true);
    isCurrent = false;
    expect(known.mayPull(credentials, repository, step)).toBe(false);
  });

  test('is never one that a concurrent change took', async () => {
    const known = rights();
    const read = Promise.withResolvers<AllowedPull>();
    const learned = known.learn(asked, () => read.promise);
    known.forget('ada');
    read.resolve({ repository, expiresAt: null, by });
    await learned;
    expect(known.mayPull(credentials, repository, step)).toBe(false);
  });

  test('ends with the credential, and a refusal is not remembered', async () => {
    const known = rights();
    await known.learn(asked, () => allow(new Date(Date.now() - 1)));
    expect(known.mayPull(credentials, repository, step)).toBe(false);
    await expect(known.learn(asked, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(known.mayPull(credentials, repository, step)).toBe(false);
  });

  test('under a policy depends on the address and the second of each request', async () => {
    const known = rights();
    const policy = attachPolicy(
      parsePolicy(
        {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: '*',
            Action: 'ecr:BatchGetImage',
            Condition: {
              IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
              DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
            },
          },
        },
        'resource',
      ),
    );
    const ruled = { ...repository, policy, visibility: 'private' as const };
    const member = { registryId: '111122223333', role: null, home: null };
    const within = { principal: ada, membership: { ...member, home: { registryId: '444455556666', role: 'owner' } } };
    const allowed = { repository: ruled, expiresAt: null, by: within as AllowedPull['by'] };
    await known.learn({ credentials, repository: ruled }, () => Promise.resolve(allowed));
    const isAllowedFrom = (address: string, at: string) => {
      const readContext = () => ({ ...NO_REQUEST, address, at: new Date(at) });
      return known.mayPull(credentials, ruled, { step: 'ecr:BatchGetImage', readContext });
    };
    expect(isAllowedFrom('192.0.2.1', '2029-12-31T23:59:59.100Z')).toBe(true);
    expect(isAllowedFrom('198.51.100.1', '2029-12-31T23:59:59.200Z')).toBe(false);
    expect(isAllowedFrom('192.0.2.1', '2029-12-31T23:59:59.900Z')).toBe(true);
    expect(isAllowedFrom('192.0.2.1', '2030-01-01T00:00:00.000Z')).toBe(false);
  });

  test('is evicted when the cache is full', async () => {
    const known = rights();
    await known.learn(asked, allow);
    for (let n = 0; n < 50_000; n += 1) {
      const other = { ...repository, fullName: `acme/${n}` };
      await known.learn({ credentials, repository: other }, allow);
    }
    expect(known.mayPull(credentials, repository, step)).toBe(false);
  });

  test('of a password is known for thirty seconds', async () => {
    const known = rights();
    const principal = { kind: 'user', userId: 'ada' } as TestUser['caller']['principal'];
    const password: Credentials = { kind: 'password', principal };
    await known.learnPassword('Basic a', () => Promise.resolve(password));
    await known.learnPassword('Basic none', () => Promise.resolve({ kind: 'none' }));
    expect([known.findPassword('Basic a'), known.findPassword('Basic b'), known.findPassword('Basic none')]).toEqual([
      password,
      null,
      null,
    ]);
    vi.useFakeTimers({ now: Date.now() + 30_000, toFake: ['Date'] });
    expect(known.findPassword('Basic a')).toBeNull();
    vi.useRealTimers();
  });
});

describe('on two replicas', () => {
  const CONFIG = '{"os":"linux","architecture":"amd64"}';
  const LAYER = 'the bytes of a layer';
  const describeBlob = (mediaType: string, bytes: string) => ({ mediaType, digest: sha256(bytes), size: bytes.length });
  const MANIFEST = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_IMAGE_MANIFEST,
    config: describeBlob('application/vnd.oci.image.config.v1+json', CONFIG),
    layers: [describeBlob('application/vnd.oci.image.layer.v1.tar', LAYER)],
  });
  const PATHS = ['manifests/latest', `blobs/${sha256(LAYER)}`];
  const CREDENTIALS = ['session', 'token', 'tokenPassword', 'key', 'keyPassword'] as const;
  type Kind = (typeof CREDENTIALS)[number];
  type Reader = {
    userId: string;
    tokenId: string;
    keyId: string;
    fullName: string;
    headers: Record<Kind, string>;
  };

  let one: TestApp;
  let two: TestApp;
  let owner: TestUser;
  let registryKey: bigint;
  let count = 0;

  beforeAll(async () => {
    // Tokens are for the site's name, which both replicas share.
    const site = { PUBLIC_URL: 'https://registry.example' };
    one = await createTestApp(site);
    const { databaseUrl, dataDir } = one.app.config;
    two = await createTestApp({ ...site, DATABASE_URL: databaseUrl ?? '', DATA_DIR: dataDir });
    owner = await one.createUser();
    ({ registryKey } = await one.app.db.alias.findUniqueOrThrow({ where: { name: owner.alias } }));
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  type Holder = Pick<Reader, 'userId' | 'tokenId' | 'keyId'> & { secret: string };

  async function createMember(): Promise<Holder> {
    const { app } = one;
    const { caller } = await one.createUser();
    const { userId } = caller.principal;
    await app.db.member.create({ data: { registryKey, userId, role: 'reader' } });
    const scopes = ['repository:*:pull'];
    const { id, secret } = await createAccessToken(app, { caller, name: 'reader', scopes, expiresInDays: 1 });
    const { accessKeyId } = await createAccessKey(app, { caller, registryKey });
    return { userId, tokenId: id, secret, keyId: accessKeyId };
  }

  async function createRobotReader(): Promise<Holder> {
    const { userId, token, key } = await createTestRobot(one, owner, { role: 'reader', registryKey });
    const { id } = await one.app.db.accessToken.findFirstOrThrow({ where: { userId } });
    return { userId, tokenId: id, secret: token, keyId: key.accessKeyId };
  }

  /** Creates a private repository, and a reader of the registry with every kind of credential. */
  async function createReader(createHolder = createMember): Promise<Reader> {
    count += 1;
    const fullName = `${owner.alias}/private${count}`;
    const publisher = createRawClient(one.url, basic(owner.token));
    for (const blob of [CONFIG, LAYER]) await publisher.pushBlob(fullName, blob);
    const headers = { 'content-type': OCI_IMAGE_MANIFEST };
    await publisher.send('PUT', `/v2/${fullName}/manifests/latest`, { headers, body: MANIFEST });
    const { app } = one;
    await app.db.repository.updateMany({ where: { name: `private${count}` }, data: { visibility: 'private' } });
    const { userId, tokenId, secret, keyId: accessKeyId } = await createHolder();
    const of = { accessKeyId, userId, credentialEnd: null };
    const { password } = await issueLoginPassword(app.authKeys.loginPassword, of);
    const keys = await Promise.all([
      bearer({ userId, fullName }),
      bearer({ userId, fullName, accessTokenId: tokenId }),
      bearer({ userId, fullName, accessKeyId }),
    ]);
    const [session, tokenBearer, key] = keys;
    const keyPassword = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`;
    const sent = { session, token: tokenBearer, tokenPassword: basic(secret), key, keyPassword };
    return { userId, tokenId, keyId: accessKeyId, fullName, headers: sent };
  }

  type Bearer = { userId: string; fullName: string; accessTokenId?: string; accessKeyId?: string };

  async function bearer({ userId, fullName, accessTokenId = '', accessKeyId = '' }: Bearer): Promise<string> {
    const authority = { key: one.app.authKeys.registryToken, service: one.app.config.publicHost };
    const text = await issueRegistryToken(authority, {
      userId,
      scopes: null,
      accessTokenId: accessTokenId || null,
      accessKeyId: accessKeyId || null,
      grants: [{ name: fullName, actions: ['pull'] }],
      issuedAt: new Date(),
      expiresAt: new Date(Date.now() + 600_000),
    });
    return `Bearer ${text}`;
  }

  async function pull(site: TestApp, { fullName, headers }: Reader, kinds: readonly Kind[]): Promise<number[]> {
    const statuses = [];
    for (const kind of kinds)
      for (const path of PATHS)
        statuses.push((await createRawClient(site.url, headers[kind]).send('GET', `/v2/${fullName}/${path}`)).status);
    return statuses;
  }

  const all = (kinds: readonly Kind[], status: number) => kinds.flatMap(() => PATHS.map(() => status));

  /** Pulls until neither replica queries the database. */
  async function warmUp(reader: Reader): Promise<void> {
    for (const site of [one, two])
      await vi.waitFor(
        async () => {
          const query = vi.spyOn(site.app.pool, 'query');
          const statuses = await pull(site, reader, CREDENTIALS);
          const queries = query.mock.calls.length;
          query.mockRestore();
          expect([statuses, queries]).toEqual([all(CREDENTIALS, 200), 0]);
        },
        { timeout: 10_000, interval: 50 },
      );
  }

  const DENY_ALL = '{"Statement":{"Effect":"Deny","Principal":"*","Action":"ecr:*","Resource":"*"}}';
  const TOKEN: readonly Kind[] = ['token', 'tokenPassword'];
  const KEY: readonly Kind[] = ['key', 'keyPassword'];
  type Change = (db: Db, reader: Reader) => Promise<unknown>;
  const whereRepository = ({ fullName }: Reader) => ({ name: fullName.slice(fullName.indexOf('/') + 1) });

  test.each<[string, readonly Kind[], Change]>([
    ['a membership', CREDENTIALS, (db, { userId }) => db.member.deleteMany({ where: { registryKey, userId } })],
    [
      'an account',
      CREDENTIALS,
      (db, { userId: id }) => db.user.update({ where: { id }, data: { disabledAt: new Date() } }),
    ],
    [
      'an access token',
      TOKEN,
      (db, { tokenId: id }) => db.accessToken.update({ where: { id }, data: { revokedAt: new Date() } }),
    ],
    ['a row of an access token', TOKEN, (db, { tokenId: id }) => db.accessToken.delete({ where: { id } })],
    [
      'the lifetime of an access token',
      TOKEN,
      (db, { tokenId: id }) => db.accessToken.update({ where: { id }, data: { expiresAt: new Date(0) } }),
    ],
    [
      'the scopes of an access token',
      TOKEN,
      (db, { tokenId: id }) =>
        db.accessToken.update({ where: { id }, data: { scopes: ['repository:other/name:pull'] } }),
    ],
    [
      'an access key',
      KEY,
      (db, { keyId: id }) => db.accessKey.update({ where: { id }, data: { disabledAt: new Date() } }),
    ],
    ['a row of an access key', KEY, (db, { keyId: id }) => db.accessKey.delete({ where: { id } })],
    [
      'the lifetime of an access key',
      KEY,
      (db, { keyId: id }) => db.accessKey.update({ where: { id }, data: { expiresAt: new Date(0) } }),
    ],
    [
      'a policy',
      CREDENTIALS,
      (db, reader) =>
        db.repository.updateMany({
          where: whereRepository(reader),
          data: { policy: '{"Statement":{"Effect":"Deny","Principal":"*","Action":"ecr:*"}}' },
        }),
    ],
    [
      'a repository to quarantine',
      CREDENTIALS,
      (db, reader) =>
        db.repository.updateMany({ where: whereRepository(reader), data: { quarantineReason: 'malware' } }),
    ],
    [
      'a repository to another registry',
      CREDENTIALS,
      async (db, reader) => {
        const { alias } = await one.createUser();
        const other = await db.alias.findUniqueOrThrow({ where: { name: alias } });
        const data = { registryKey: other.registryKey };
        await db.repository.updateMany({ where: whereRepository(reader), data });
      },
    ],
    ['a repository', CREDENTIALS, (db, reader) => db.repository.deleteMany({ where: whereRepository(reader) })],
  ])('losing %s ends warm pulls', async (_what, lost, change) => {
    const reader = await createReader();
    await warmUp(reader);
    await change(one.app.db, reader);
    expect((await pull(one, reader, lost)).filter((status) => status === 200)).toEqual([]);
    const kept = CREDENTIALS.filter((kind) => !lost.includes(kind));
    expect(await pull(one, reader, kept)).toEqual(all(kept, 200));
    await vi.waitFor(
      async () => expect((await pull(two, reader, lost)).filter((status) => status === 200)).toEqual([]),
      { timeout: 5_000, interval: 20 },
    );
    expect(await pull(two, reader, kept)).toEqual(all(kept, 200));
  });

  type PolicyColumns = { policy?: string; policyScope?: 'V1' | 'V2' };
  test.each<[string, PolicyColumns, PolicyColumns]>([
    ['policy', {}, { policy: DENY_ALL }],
    ['policy’s scope', { policy: DENY_ALL, policyScope: 'V1' }, { policyScope: 'V2' }],
  ])('a change of the registry’s %s ends warm pulls', async (_what, before, after) => {
    const where = { id: registryKey };
    const reader = await createReader();
    await one.app.db.registry.update({ where, data: before });
    await warmUp(reader);
    await one.app.db.registry.update({ where, data: after });
    try {
      expect(await pull(one, reader, CREDENTIALS)).not.toContain(200);
      await vi.waitFor(async () => expect(await pull(two, reader, CREDENTIALS)).not.toContain(200), {
        timeout: 1_500,
      });
    } finally {
      await one.app.db.registry.update({ where, data: { policy: null, policyScope: 'V2' } });
    }
    await warmUp(reader);
  });

  test.each<[string, Change]>([
    ['a robot', (db, { userId: id }) => db.user.delete({ where: { id } })],
    ['a disabled robot', (db, { userId: id }) => db.user.update({ where: { id }, data: { disabledAt: new Date() } })],
  ])('losing %s ends its warm pulls', async (_what, change) => {
    const robot = await createReader(createRobotReader);
    await warmUp(robot);
    await change(one.app.db, robot);
    expect(await pull(one, robot, CREDENTIALS)).not.toContain(200);
    await vi.waitFor(async () => expect(await pull(two, robot, CREDENTIALS)).not.toContain(200), { timeout: 1_500 });
  });

  test('losing an alias ends warm pulls', async () => {
    const reader = await createReader();
    await warmUp(reader);
    const setStatus = (status: 'active' | 'suspended') =>
      one.app.db.alias.updateMany({ where: { name: owner.alias }, data: { status } });
    await setStatus('suspended');
    try {
      expect((await pull(one, reader, CREDENTIALS)).filter((status) => status === 200)).toEqual([]);
      await vi.waitFor(async () => expect(await pull(two, reader, ['session'])).not.toContain(200));
    } finally {
      await setStatus('active');
    }
  });

  test('a replica that lost its listener reads the rows', async () => {
    const reader = await createReader();
    await warmUp(reader);
    await one.app.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vitrine changes' AND datname = current_database()",
    );
    await one.app.db.member.deleteMany({ where: { registryKey, userId: reader.userId } });
    for (const site of [one, two])
      await vi.waitFor(async () => expect(await pull(site, reader, CREDENTIALS)).not.toContain(200), {
        timeout: 1_500,
      });
  });
});
