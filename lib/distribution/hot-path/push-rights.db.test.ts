// Uploads from memory: which rights are cached, and that a lost one ends them, at once on the replica that took it and within
// a second on others.
import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Credentials } from '#lib/distribution/authorization/credentials.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { issueRegistryToken, type RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { CONTENT_STATEMENTS, COUNTING_STATEMENTS, createPushRights, type AllowedPush } from './push-rights.ts';

describe('a right to push', () => {
  const bearer = (): Credentials => ({ kind: 'bearer', token: {} as RegistryToken });
  const credentials = bearer();
  const name = 'acme/tool';
  const allowed = (credentialExpiresAt: Date | null = null) =>
    ({ repository: { id: 1n }, principal: { credentialExpiresAt }, quota: {} }) as AllowedPush;
  const learned = (of = allowed(), isCurrent = () => true) => {
    const rights = createPushRights(isCurrent);
    rights.begin(credentials, name)(of);
    return rights;
  };

  test('is known for this token and name only', () => {
    const of = allowed();
    const rights = learned(of);
    expect(rights.find(credentials, name)).toBe(of);
    expect([rights.find(bearer(), name), rights.find(credentials, 'acme/other')]).toEqual([null, null]);
    const password = { kind: 'password', principal: of.principal } as Credentials;
    rights.begin(password, name)(of);
    expect(rights.find(password, name)).toBeNull();
  });

  test('is forgotten by changes of a user, its repository, and of anything', () => {
    for (const change of ['ada', null]) {
      const rights = learned();
      rights.forgetUser(change);
      expect(rights.find(credentials, name)).toBeNull();
    }
    for (const [change, isKept] of [
      ['1', false],
      ['*', false],
      [null, false],
      ['2', true],
    ] as const) {
      const rights = learned();
      rights.forgetRepository(change);
      expect(rights.find(credentials, name) !== null).toBe(isKept);
    }
  });

  test('is not kept if rights changed while it was read', () => {
    for (const change of ['forgetUser', 'forgetRepository'] as const) {
      const rights = createPushRights(() => true);
      const keep = rights.begin(credentials, name);
      rights[change]('1');
      keep(allowed());
      expect(rights.find(credentials, name)).toBeNull();
    }
  });

  test('outlives the statements of pushes, all of which exist', () => {
    const files = globSync('lib/**/*.sql.ts').map((path) => readFileSync(path, 'utf8'));
    const names = [...CONTENT_STATEMENTS, ...COUNTING_STATEMENTS];
    const missing = names.filter((name) => !files.some((text) => text.includes(`name: '${name}'`)));
    expect(missing).toEqual([]);
  });

  test('is unknown while changes may have been missed, and once its credential has expired', () => {
    expect(learned(allowed(), () => false).find(credentials, name)).toBeNull();
    expect(learned(allowed(new Date(Date.now() + 60_000))).find(credentials, name)).not.toBeNull();
    expect(learned(allowed(new Date(Date.now() - 1))).find(credentials, name)).toBeNull();
  });
});

describe('on two replicas', () => {
  type Pusher = { userId: string; tokenId: string; fullName: string; authorization: string };

  let one: TestApp;
  let two: TestApp;
  let owner: TestUser;
  let registryKey: bigint;
  let count = 0;

  beforeAll(async () => {
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

  async function createPusher(): Promise<Pusher> {
    const { app } = one;
    const { caller } = await one.createUser();
    const { userId } = caller.principal;
    await app.db.member.create({ data: { registryKey, userId, role: 'pusher' } });
    const scopes = ['repository:*:pull,push'];
    const { id } = await createAccessToken(app, { caller, name: 'pusher', scopes, expiresInDays: 1 });
    const fullName = `${owner.alias}/pushed${(count += 1)}`;
    await createRawClient(one.url, basic(owner.token)).pushBlob(fullName, 'a layer');
    // Policies of registries apply to private repositories only.
    const name = fullName.slice(fullName.indexOf('/') + 1);
    await app.db.repository.updateMany({ where: { registryKey, name }, data: { visibility: 'private' } });
    const authority = { key: app.authKeys.registryToken, service: app.config.publicHost };
    const text = await issueRegistryToken(authority, {
      userId,
      scopes: null,
      accessTokenId: id,
      accessKeyId: null,
      grants: [{ name: fullName, actions: ['pull', 'push'] }],
      issuedAt: new Date(),
      expiresAt: new Date(Date.now() + 600_000),
    });
    return { userId, tokenId: id, fullName, authorization: `Bearer ${text}` };
  }

  /** Sends a blob by each kind of request, and returns the statuses. */
  async function push(site: TestApp, { fullName, authorization }: Pusher): Promise<number[]> {
    const client = createRawClient(site.url, authorization);
    const body = randomBytes(100);
    const path = `/v2/${fullName}/blobs/uploads/`;
    const started = await client.send('POST', path);
    const location = started.headers.location ?? `${path}0b8e7c4a-2f7e-4f41-9d0a-6f0c6d1f2a3b`;
    const put = await client.send('PUT', `${location}?digest=${sha256(body)}`, { body });
    const posted = await client.send('POST', `${path}?digest=${sha256(body)}`, { body });
    return [started.status, put.status, posted.status];
  }

  /** Pushes until the requests are allowed from memory. */
  async function warmUp(pusher: Pusher, sites = [one, two]): Promise<void> {
    for (const site of sites)
      await vi.waitFor(
        async () => {
          const query = vi.spyOn(site.app.pool, 'query');
          const statuses = await push(site, pusher);
          const names = (query.mock.calls as unknown as [{ name: string }][]).map(([{ name }]) => name);
          query.mockRestore();
          expect([statuses, names]).toEqual([
            [202, 201, 201],
            ['link-blob', 'link-blob'],
          ]);
        },
        { timeout: 10_000, interval: 50 },
      );
  }

  const DENIED = '"Effect":"Deny","Principal":"*","Action":["ecr:*","ecr-public:*"]';
  const DENY = `{"Statement":{${DENIED}}}`;
  const DENY_ALL = `{"Statement":{${DENIED},"Resource":"*"}}`;
  type Change = (db: Db, pusher: Pusher) => Promise<unknown>;
  const whereRepository = ({ fullName }: Pusher) => ({ name: fullName.slice(fullName.indexOf('/') + 1) });

  test.each<[string, Change]>([
    ['a membership', (db, { userId }) => db.member.deleteMany({ where: { registryKey, userId } })],
    ['a role', (db, { userId }) => db.member.updateMany({ where: { registryKey, userId }, data: { role: 'reader' } })],
    ['an account', (db, { userId: id }) => db.user.update({ where: { id }, data: { disabledAt: new Date() } })],
    [
      'an access token',
      (db, { tokenId: id }) => db.accessToken.update({ where: { id }, data: { revokedAt: new Date() } }),
    ],
    [
      'the scopes of an access token',
      (db, { tokenId: id }) => db.accessToken.update({ where: { id }, data: { scopes: ['repository:*:pull'] } }),
    ],
    [
      'a repository by a policy',
      (db, pusher) => db.repository.updateMany({ where: whereRepository(pusher), data: { policy: DENY } }),
    ],
    [
      'a registry by a policy',
      (db) => db.registry.update({ where: { id: registryKey }, data: { policy: DENY_ALL, policyScope: 'V2' } }),
    ],
    ['its quota', (db) => db.registry.update({ where: { id: registryKey }, data: { quotaBytes: 1n } })],
    [
      'a repository to quarantine',
      (db, pusher) =>
        db.repository.updateMany({ where: whereRepository(pusher), data: { quarantineReason: 'malware' } }),
    ],
    ['a repository', (db, pusher) => db.repository.deleteMany({ where: { ...whereRepository(pusher), registryKey } })],
    ['an alias', (db) => db.alias.updateMany({ where: { name: owner.alias }, data: { status: 'suspended' } })],
  ])('whoever loses %s can no longer push', { timeout: 30_000 }, async (_what, change) => {
    const pusher = await createPusher();
    await warmUp(pusher);
    onTestFinished(async () => {
      await one.app.db.registry.update({ where: { id: registryKey }, data: { policy: null, quotaBytes: null } });
      await one.app.db.alias.updateMany({ where: { name: owner.alias }, data: { status: 'active' } });
    });
    await change(one.app.db, pusher);
    const sent = async () => {
      const statuses = await push(two, pusher);
      expect(Math.max(...statuses)).toBeLessThan(500);
      return statuses[1];
    };
    const isRefused = (status: number) => [401, 403, 404].includes(status);
    expect((await push(one, pusher)).slice(1).every(isRefused)).toBe(true);
    await expect.poll(sent, { timeout: 1500, interval: 50 }).toBeGreaterThanOrEqual(400);
    expect((await push(two, pusher)).slice(1).every(isRefused)).toBe(true);
  });

  test('pushes of others do not end it, and a manifest always reads the rows', { timeout: 30_000 }, async () => {
    const [pusher, other] = [await createPusher(), await createPusher()];
    await warmUp(pusher);
    const client = createRawClient(one.url, other.authorization);
    const manifest = JSON.stringify({ schemaVersion: 2, manifests: [] });
    const putManifest = () =>
      client.send('PUT', `/v2/${other.fullName}/manifests/v1`, {
        headers: { 'content-type': 'application/vnd.oci.image.index.v1+json' },
        body: manifest,
      });
    expect((await putManifest()).status).toBe(201);
    const query = vi.spyOn(one.app.pool, 'query');
    await putManifest();
    expect((query.mock.calls as unknown as [{ name: string }][]).map(([{ name }]) => name)).toContain('find-standing');
    query.mockClear();
    const statuses = await Promise.all([push(one, pusher), push(one, other), putManifest()]);
    expect(statuses.slice(0, 2)).toEqual([
      [202, 201, 201],
      [202, 201, 201],
    ]);
    query.mockRestore();
  });

  test('the last chunk of an upload is told from a whole blob', { timeout: 30_000 }, async () => {
    const pusher = await createPusher();
    await warmUp(pusher);
    const [first, second] = [one, two].map((site) => createRawClient(site.url, pusher.authorization));
    const bytes = randomBytes(5000);
    const finish = async (body: Buffer, digest = sha256(bytes)) => {
      const started = await first?.send('POST', `/v2/${pusher.fullName}/blobs/uploads/`);
      const location = started?.headers.location ?? '';
      expect((await second?.send('PATCH', location, { body: bytes.subarray(0, 3000) }))?.status).toBe(202);
      await warmUp(pusher, [one]);
      return { location, answer: await first?.send('PUT', `${location}?digest=${digest}`, { body }) };
    };
    expect((await finish(bytes.subarray(3000))).answer?.status).toBe(201);
    expect((await second?.send('GET', `/v2/${pusher.fullName}/blobs/${sha256(bytes)}`))?.body.equals(bytes)).toBe(true);
    const { location, answer } = await finish(bytes.subarray(3000), sha256('other'));
    expect(answer).toMatchObject({ status: 400, codes: ['DIGEST_INVALID'] });
    expect((await second?.send('GET', location))?.status).toBe(404);
    expect(await one.app.db.upload.count()).toBe(0);
  });
});
