// The audit log of /v2 and /token clients, over real HTTP.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { createPullLog } from '#lib/events/pull-log.ts';
import { readAudit, type AuditSearch } from '#lib/events/read-audit.ts';
import { setRegistryQuota } from '#lib/publishers/set-registry-quota.ts';
import { handleRestRequest } from '#lib/api/rest/handle-rest-request.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { redeemSignInLink } from '#lib/identity/sessions/redeem-sign-in-link.ts';
import { revokeAccessToken } from '#lib/identity/credentials/revoke-access-token.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';

const MANIFEST = `{ "schemaVersion": 2, "mediaType": "${OCI_IMAGE_INDEX}", "manifests": [] }`;
const DIGEST = sha256(MANIFEST);

let site: TestApp;
let admin: TestUser;
let owner: TestUser;
let registryKey: bigint;
let name: string;
let anybody: RawClient;
let publisher: RawClient;
beforeAll(async () => {
  site = await createTestApp({ PROXIES: '1' });
  admin = await site.createUser({ role: 'admin' });
  owner = await site.createUser();
  registryKey = (await findRegistryByAlias(site.app, owner.alias))?.id ?? 0n;
  name = `${owner.alias}/team/app`;
  anybody = createRawClient(site.url);
  publisher = createRawClient(site.url, basic(owner.token));
  await push(publisher, `/v2/${name}/manifests/v1`);
  await site.app.db.repository.updateMany({ where: { registryKey }, data: { visibility: 'public' } });
});
afterAll(() => site.close());
beforeEach(async () => {
  await flush();
  await site.app.db.auditPull.deleteMany();
  await site.app.db.auditEvent.deleteMany();
});

const push = (client: RawClient, path: string) =>
  client.send('PUT', path, { headers: { 'content-type': OCI_IMAGE_INDEX }, body: MANIFEST });

async function flush(): Promise<void> {
  await site.app.pullLog.flush();
  await site.app.attemptLog.flush();
}

async function read(by: TestUser, filter: AuditSearch = {}, of: bigint | null = registryKey) {
  await flush();
  return readAudit(site.app, { caller: by.caller, registryKey: of, filter, before: null, limit: 100 });
}

const pull = (client: RawClient, reference: string, userAgent: string, address: string) =>
  client.send('GET', `/v2/${name}/manifests/${reference}`, {
    headers: { 'user-agent': userAgent, 'x-forwarded-for': `203.0.113.99, ${address}` },
  });

describe('pulls', () => {
  test('record the user, target, address, client and count', async () => {
    for (let i = 0; i < 3; i += 1) expect((await pull(anybody, 'v1', 'docker/29.1', '2001:DB8::0:7')).status).toBe(200);
    await pull(publisher, DIGEST, 'containerd/2', '198.51.100.4');
    await anybody.send('HEAD', `/v2/${name}/manifests/v1`);
    const [byDigest, byTag, ...others] = await read(owner, { action: 'image.pull' });
    expect(others).toEqual([]);
    expect(byTag).toMatchObject({
      actor: 'anonymous',
      actorId: null,
      target: `${name}:v1`,
      after: { digest: DIGEST },
      count: 3,
      address: '2001:db8::7',
      userAgent: 'docker/29.1',
      credential: null,
    });
    const token = await site.app.db.accessToken.findFirstOrThrow({ where: { userId: owner.caller.principal.userId } });
    expect(byDigest).toMatchObject({
      actor: owner.email,
      target: `${name}@${DIGEST}`,
      count: 1,
      userAgent: 'containerd/2',
      address: '198.51.100.4',
      credential: 'access_token',
      accessTokenId: token.id,
    });
  });

  test('are found by each filter, with events, in one order', async () => {
    await push(publisher, `/v2/${name}/manifests/v2`);
    await pull(publisher, 'v1', 'a', '198.51.100.4');
    await pull(anybody, 'v1', 'b', '198.51.100.5');
    const ask = async (filter: AuditSearch, by = owner) =>
      (await read(by, filter, by === admin ? null : registryKey)).map(({ action, actor }) => `${action} ${actor}`);
    const [mine, anonymous] = [`image.pull ${owner.email}`, 'image.pull anonymous'];
    const pushed = [`tag.create ${owner.email}`, `manifest.push ${owner.email}`];
    for (const by of [owner, admin]) {
      expect(await ask({ digest: DIGEST }, by)).toEqual([anonymous, mine, ...pushed]);
      expect(await ask({ repository: name }, by)).toEqual([anonymous, mine, ...pushed]);
      expect(await ask({ digest: sha256('none') }, by)).toEqual([]);
      expect(await ask({ repository: `${owner.alias}/team` }, by)).toEqual([]);
      expect(await ask({ principal: 'anonymous' }, by)).toEqual([anonymous]);
      expect(await ask({ principal: owner.caller.principal.userId }, by)).toEqual([mine, ...pushed]);
      expect(await ask({ principal: owner.email.toUpperCase(), action: 'image.' }, by)).toEqual([mine]);
      expect(await ask({ address: '::ffff:198.51.100.5' }, by)).toEqual([anonymous]);
      expect(await ask({ target: 'team/APP:v1' }, by)).toEqual([anonymous, mine]);
      expect(await ask({ action: 'tag.' }, by)).toEqual(pushed.slice(0, 1));
      expect(await ask({ to: new Date(Date.now() - 60_000) }, by)).toEqual([]);
      expect(await ask({ from: new Date(Date.now() - 60_000) }, by)).toHaveLength(4);
    }
    expect(await ask({ repository: 'team/app' })).toEqual([anonymous, mine, ...pushed]);
  });

  test('are found by any spelling of an address, and by one whose pulls were merged into its network', async () => {
    await pull(anybody, 'v1', 'a', '2001:db8::7');
    const log = createPullLog({ pool: site.app.pool, log: site.app.log, keepDays: 1 });
    const of = { registryKey, fullName: name, name: 'team/app', tag: 'v1', digest: DIGEST };
    const nobody = { userId: null, credential: null, accessTokenId: null, accessKeyId: null };
    for (let i = 1; i <= 60; i += 1) {
      log.record({ ...of, ...nobody, address: `2001:db8:1:1::${i}`, userAgent: `agent ${i}` });
    }
    await log.close();
    const ask = async (address: string) => (await read(owner, { address })).map((row) => row.address);
    expect(await ask('2001:0DB8::0007')).toEqual(['2001:db8::7']);
    expect(await ask('2001:db8:1:1::60')).toEqual(['2001:db8:1:1::/64']);
    expect(await ask('2001:db8:1:2::60')).toEqual([]);
  });

  test('are paged in one list with events', async () => {
    for (let i = 0; i < 4; i += 1) {
      await push(publisher, `/v2/${name}/manifests/page-${i}`);
      await pull(anybody, `page-${i}`, 'a', '198.51.100.5');
      await flush();
    }
    const authorization = `Bearer ${await apiToken(owner)}`;
    const { registryId: digits } = await site.app.db.registry.findUniqueOrThrow({ where: { id: registryKey } });
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const query: string = next === '' ? '' : `&before=${next}`;
      const url = `http://localhost/api/v1/registries/${digits}/audit?limit=3&repository=team/app${query}`;
      const response = await handleRestRequest(site.app, new Request(url, { headers: { authorization } }));
      const page = (await response.json()) as { events: { action: string; target: string }[]; next: string | null };
      seen.push(...page.events.map(({ action, target }) => `${action} ${target.split(':')[1]}`));
      ({ next } = page);
    }
    expect(seen.filter((line) => line.startsWith('image.pull'))).toEqual(
      [3, 2, 1, 0].map((i) => `image.pull page-${i}`),
    );
    expect(seen).toHaveLength(12);
  });

  test('by a non-member are shown as such, and not found by that user’s name', async () => {
    const stranger = await site.createUser();
    await pull(createRawClient(site.url, basic(stranger.token)), 'v1', 'a', '198.51.100.7');
    const [seen] = await read(owner, { action: 'image.pull' });
    expect(seen).toMatchObject({ actor: 'another user of this site', actorId: null, accessTokenId: null });
    expect(seen?.address).toBe('198.51.100.7');
    for (const filter of [{ principal: stranger.email }, { actor: stranger.email }, { address: '198.51.100.7' }])
      expect(await read(owner, { action: 'image.pull', ...filter })).toEqual([]);
    expect(await read(admin, { action: 'image.pull', principal: stranger.email }, null)).toHaveLength(1);
  });

  test('remain after the repository and the user are gone', async () => {
    await pull(publisher, 'v1', 'a', '198.51.100.4');
    await flush();
    await site.app.db.repository.updateMany({ where: { registryKey }, data: { name: 'elsewhere' } });
    const [row] = await read(owner, { action: 'image.pull', repository: name });
    await site.app.db.repository.updateMany({ where: { registryKey }, data: { name: 'team/app' } });
    expect(row?.actor).toBe(owner.email);
  });
});

describe('attempts', () => {
  test('300 failed logins are one row, and a successful one is another', async () => {
    const guess = createRawClient(site.url, basic('vtr_wrong'));
    for (let i = 0; i < 100; i += 1) {
      await Promise.all([1, 2, 3].map(() => guess.send('GET', '/token?scope=repository:a/b:pull')));
    }
    await publisher.send('GET', `/token?scope=repository:${name}:pull`);
    const rows = await read(admin, { action: 'login.' }, null);
    expect(rows.map(({ action, actor, count }) => [action, actor, count])).toEqual(
      expect.arrayContaining([
        ['login.fail', 'anonymous', 300],
        ['login.succeed', owner.email, 1],
      ]),
    );
    expect(rows).toHaveLength(2);
    expect(await read(owner, { action: 'login.' })).toEqual([]);
  });

  test('only admins see whose a revoked token was, here and in the API', async () => {
    const secret = await apiToken(owner);
    const token = await site.app.db.accessToken.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
    await revokeAccessToken(site.app, { caller: owner.caller, id: token.id });
    const answer = await createRawClient(site.url, basic(secret)).send('GET', '/token');
    expect(answer.status).toBe(401);
    expect(answer.body.toString()).not.toContain(token.id);
    await createRawClient(site.url, basic(secret)).send('GET', `/v2/${name}/manifests/v1`);
    const headers = { authorization: `Bearer ${secret}`, 'x-client-address': '198.51.100.9' };
    await handleRestRequest(site.app, new Request('http://localhost/api/v1/me', { headers }));
    const rows = await read(admin, { action: 'login.fail' }, null);
    expect(rows.map(({ actor, accessTokenId }) => [actor, accessTokenId])).toEqual([
      [owner.email, token.id],
      [owner.email, token.id],
    ]);
    expect(rows.map(({ count }) => count).sort()).toEqual([1, 2]);
  });

  test("refused pushes and deletes are in the registry's audit log, but challenges are not", async () => {
    const stranger = await site.createUser();
    const client = createRawClient(site.url, basic(stranger.token));
    expect((await anybody.send('DELETE', `/v2/${name}/manifests/v1`)).status).toBe(401);
    for (let i = 0; i < 3; i += 1) expect((await push(client, `/v2/${name}/manifests/v1`)).status).toBe(403);
    expect((await client.send('DELETE', `/v2/${name}/manifests/${DIGEST}`)).status).toBe(403);
    const { token } = JSON.parse((await anybody.send('GET', '/token')).body.toString()) as { token: string };
    const bearer = createRawClient(site.url, `Bearer ${token}`);
    expect((await bearer.send('POST', `/v2/${name}/blobs/uploads/`)).status).toBe(401);
    const rows = await read(owner);
    expect(rows.map(({ action, actor, target, count }) => [action, actor, target, count]).sort()).toEqual(
      [
        ['delete.refuse', stranger.email, `${name}@${DIGEST}`, 1],
        ['push.refuse', stranger.email, `${name}:v1`, 3],
        ['push.refuse', 'anonymous', name, 1],
      ].sort(),
    );
    expect(await read(owner, { digest: DIGEST })).toMatchObject([
      { action: 'delete.refuse', after: { reason: 'forbidden' } },
    ]);
  });

  test('a push refused by a quota is recorded', async () => {
    const { registryId: digits } = await site.app.db.registry.findUniqueOrThrow({ where: { id: registryKey } });
    const setQuota = (quota: string) =>
      setRegistryQuota(site.app, { caller: SYSTEM_CALLER, registryId: digits, quota });
    await setQuota('1KB');
    const bytes = Buffer.alloc(2048, 'q');
    const path = `/v2/${name}/blobs/uploads/?digest=${sha256(bytes)}`;
    expect((await publisher.send('POST', path, { body: bytes })).status).toBe(403);
    await setQuota('default');
    expect(await read(owner, { action: 'push.' })).toMatchObject([
      { action: 'push.refuse', actor: owner.email, target: name, after: { reason: 'quota_exceeded' } },
    ]);
  });

  test("refused API writes are recorded with the repository's registry", async () => {
    const stranger = await site.createUser();
    const headers = { authorization: `Bearer ${await apiToken(stranger)}`, 'x-client-address': '198.51.100.9' };
    const url = `http://localhost/api/v1/repositories/${encodeURIComponent(name)}`;
    const { status } = await handleRestRequest(site.app, new Request(url, { method: 'DELETE', headers }));
    expect(status).toBe(403);
    expect(await read(owner, { action: 'api.refuse' })).toMatchObject([
      {
        actor: stranger.email,
        target: `DELETE /api/v1/repositories/${encodeURIComponent(name)}`,
        address: '198.51.100.9',
      },
    ]);
  });

  test('API writes refused by a decision are recorded with the repository and the action', async () => {
    const stranger = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push,delete'] });
    const headers = { authorization: `Bearer ${stranger.token}` };
    const url = `http://localhost/api/v1/repositories/${encodeURIComponent(name)}`;
    const { status } = await handleRestRequest(site.app, new Request(url, { method: 'DELETE', headers }));
    expect(status).toBe(403);
    expect(await read(owner, { action: 'api.refuse' })).toMatchObject([
      { actor: stranger.email, target: name, after: { operation: 'ecr:DeleteRepository', reason: 'forbidden' } },
    ]);
  });

  test('a tag move is found by the old digest', async () => {
    const moved = Buffer.from(MANIFEST.replace('[]', '[ ]'));
    await push(publisher, `/v2/${name}/manifests/moving`);
    const headers = { 'content-type': OCI_IMAGE_INDEX };
    await publisher.send('PUT', `/v2/${name}/manifests/moving`, { headers, body: moved });
    const found = await read(owner, { digest: DIGEST, action: 'tag.move' });
    expect(found).toMatchObject([{ before: { digest: DIGEST }, after: { digest: sha256(moved) } }]);
  });

  test('failed sign-ins by a link name no user', async () => {
    const redeem = redeemSignInLink(site.app, { secret: 'wrong', address: '198.51.100.9' });
    await expect(redeem).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await read(admin, { action: 'sign-in.fail' }, null)).toMatchObject([
      { target: '', after: { reason: 'link: unauthenticated' }, address: '198.51.100.9' },
    ]);
  });

  test('failed sign-ins record what was typed only if it is an email address', async () => {
    const signIn = (email: string) =>
      signInUser(site.app, { email, password: 'wrong password', address: '198.51.100.9', userAgent: 'Firefox' });
    for (const email of [owner.email, owner.email, 'my secret password']) {
      await expect(signIn(email)).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    const rows = await read(admin, { action: 'sign-in.fail' }, null);
    expect(rows.map(({ target, count, after, userAgent }) => [target, count, after, userAgent]).sort()).toEqual([
      ['', 1, { reason: 'password: unauthenticated' }, 'Firefox'],
      [owner.email, 2, { reason: 'password: unauthenticated' }, 'Firefox'],
    ]);
  });
});

test('a mount of a new blob has a row in its own statement, and that of an existing blob has none', async () => {
  const digest = await publisher.pushBlob(name, 'bytes');
  const mount = `/v2/${owner.alias}/other/blobs/uploads/?mount=${digest}&from=${name}`;
  for (let i = 0; i < 2; i += 1) expect((await publisher.send('POST', mount)).status).toBe(201);
  expect(await read(owner, { action: 'blob.mount' })).toMatchObject([
    { actor: owner.email, target: `${owner.alias}/other@${digest}`, after: { from: name } },
  ]);
});

async function apiToken({ caller }: TestUser): Promise<string> {
  const { secret } = await createAccessToken(site.app, {
    caller,
    name: 'api',
    expiresInDays: 1,
    scopes: ['api:write'],
  });
  return secret;
}
