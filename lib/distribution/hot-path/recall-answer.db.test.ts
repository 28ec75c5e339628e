// The hot path and the asynchronous path answer alike for every caller. Content that may no longer be pulled isn't
// answered from memory. Lost rights are in pull-rights.db.test.ts.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { issueLoginPassword } from '#lib/identity/access-keys/login-password.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { issueRegistryToken, type RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { revokeAccessToken } from '#lib/identity/credentials/revoke-access-token.ts';
import { OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestKey } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';

const CONFIG = '{"os":"linux","architecture":"amd64"}';
const LAYER = 'the bytes of a layer';
const describeBlob = (mediaType: string, bytes: string) => ({ mediaType, digest: sha256(bytes), size: bytes.length });
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI_IMAGE_MANIFEST,
  config: describeBlob('application/vnd.oci.image.config.v1+json', CONFIG),
  layers: [describeBlob('application/vnd.oci.image.layer.v1.tar', LAYER)],
});
const OTHER = MANIFEST.replace('"schemaVersion":2', '"schemaVersion":2,"annotations":{"n":"2"}');

let site: TestApp;
let owner: TestUser;
let stranger: TestUser;
let publisher: RawClient;
const callers = new Map<string, string | undefined>();
const full = (name: string) => `${owner.alias}/${name}`;

async function pushImage(name: string): Promise<void> {
  for (const blob of [CONFIG, LAYER]) await publisher.pushBlob(full(name), blob);
  for (const [tag, body] of [
    ['latest', MANIFEST],
    ['other', OTHER],
  ]) {
    const headers = { 'content-type': OCI_IMAGE_MANIFEST };
    await publisher.send('PUT', `/v2/${full(name)}/manifests/${tag}`, { headers, body });
  }
}

function bearer(facts: Partial<RegistryToken>): Promise<string> {
  const { authKeys, config } = site.app;
  const authority = { key: authKeys.registryToken, service: config.publicHost };
  const issuedAt = new Date();
  const expiresAt = new Date(Date.now() + 600_000);
  const blank = { userId: null, scopes: null, accessTokenId: null, accessKeyId: null, grants: [], issuedAt, expiresAt };
  return issueRegistryToken(authority, { ...blank, ...facts }).then((text) => `Bearer ${text}`);
}

async function login({ caller }: TestUser, accessKeyId: string): Promise<string> {
  const of = { accessKeyId, userId: caller.principal.userId, credentialEnd: null };
  const { password } = await issueLoginPassword(site.app.authKeys.loginPassword, of);
  return `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`;
}

beforeAll(async () => {
  site = await createTestApp({ PULLS_PER_HOUR: '0' });
  owner = await site.createUser();
  stranger = await site.createUser();
  const admin = await site.createUser({ role: 'admin' });
  publisher = createRawClient(site.url, basic(owner.token));
  for (const name of ['open', 'secret', 'closed']) await pushImage(name);
  const { db } = site.app;
  await db.repository.updateMany({ where: { name: 'secret' }, data: { visibility: 'private' } });
  await db.repository.updateMany({ where: { name: 'closed' }, data: { quarantineReason: 'malware' } });

  const { id: revokedId } = await createAccessToken(site.app, {
    caller: owner.caller,
    name: 'revoked',
    scopes: ['repository:*:pull'],
    expiresInDays: 1,
  });
  await revokeAccessToken(site.app, { caller: owner.caller, id: revokedId });
  const userId = owner.caller.principal.userId;
  const names = ['open', 'secret', 'closed', 'missing'].map(full);
  const pulls = names.map((name) => ({ name, actions: ['pull' as const] }));
  const pushes = names.map((name) => ({ name, actions: ['pull' as const, 'push' as const] }));
  callers.set('nobody', undefined);
  callers.set('an anonymous token', await bearer({ grants: pulls }));
  callers.set('an anonymous token without grants', await bearer({}));
  callers.set('an expired token', await bearer({ expiresAt: new Date(Date.now() - 1000) }));
  callers.set('a token of a revoked access token', await bearer({ userId, accessTokenId: revokedId, grants: pulls }));
  callers.set('the owner’s token', await bearer({ userId, grants: pulls }));
  callers.set('the owner’s token to push', await bearer({ userId, grants: pushes }));
  callers.set('a stranger’s token', await bearer({ userId: stranger.caller.principal.userId, grants: pulls }));
  callers.set('an admin’s token', await bearer({ userId: admin.caller.principal.userId, grants: pulls }));
  callers.set('an access token', basic(owner.token));
  const narrow = {
    caller: owner.caller,
    name: 'narrow',
    scopes: [`repository:${full('open')}:pull`],
    expiresInDays: 1,
  };
  callers.set('an access token for another repository', basic((await createAccessToken(site.app, narrow)).secret));
  const key = await createTestKey(site, owner);
  const strangersKey = await createTestKey(site, stranger);
  callers.set('a login with an access key', await login(owner, key.accessKeyId));
  callers.set('a login with a foreign access key', await login(stranger, strangersKey.accessKeyId));
  callers.set('a token of an access key', await bearer({ userId, accessKeyId: key.accessKeyId, grants: pulls }));
  callers.set('a token without grants', await bearer({ userId }));
  callers.set(
    'a token that is older than the repository',
    await bearer({ userId, grants: pulls, issuedAt: new Date(0) }),
  );
  callers.set('a wrong password', basic('vtr_wrong'));
  callers.set('a forged token', 'Bearer a.b.c');
  callers.set('two values', 'Bearer a b');
});
afterAll(() => site.close());
afterEach(() => vi.restoreAllMocks());

const PATHS = [
  'manifests/latest',
  `manifests/${sha256(MANIFEST)}`,
  'manifests/none',
  `blobs/${sha256(LAYER)}`,
  `blobs/${sha256('none')}`,
];
const CONDITIONS: Record<string, string>[] = [
  {},
  { 'if-none-match': `"${sha256(MANIFEST)}", "${sha256(LAYER)}"` },
  { range: 'bytes=2-5' },
];

const facts = ({ status, headers, body }: Answer) => {
  const { date: _date, 'x-request-id': _id, ...lasting } = headers;
  return { status, headers: lasting, body: body.toString('latin1') };
};

/** Runs `work` and counts the requests that the hot path answered. */
async function countHot(work: () => Promise<unknown>): Promise<number> {
  const whole = vi.spyOn(site.app.answerBatch, 'end');
  const blobs = vi.spyOn(site.app.blobs, 'openCached');
  await work();
  // A HEAD ends in the batch whether or not it opened the blob.
  const streamed = blobs.mock.results.filter(({ value }) => value !== null).length;
  const ended = whole.mock.calls.length;
  const heads = whole.mock.calls.filter(
    ([res]) => res.req.method === 'HEAD' && res.req.url?.includes('/blobs/'),
  ).length;
  whole.mockRestore();
  blobs.mockRestore();
  return ended + streamed - heads;
}

const WARM_UP = { timeout: 10_000, interval: 50 };

/** Pulls until memory answers. A new listener needs a moment to connect. */
async function warmUp(name: string, paths: string[]): Promise<void> {
  const client = createRawClient(site.url);
  const pull = async () => {
    for (const path of paths) expect((await client.send('GET', `/v2/${full(name)}/${path}`)).status).toBe(200);
  };
  await vi.waitFor(async () => expect(await countHot(pull)).toBe(paths.length), WARM_UP);
}

/** Hundreds of requests, most of which read rows. */
const COMPARISON_TIMEOUT_MS = 90_000;

describe('both paths answer alike', () => {
  test.each(['open', 'secret', 'closed', 'missing'])(
    '%s',
    async (name) => {
      await warmUp('open', ['manifests/latest', `blobs/${sha256(LAYER)}`]);
      for (const [who, authorization] of callers) {
        const client = createRawClient(site.url, authorization);
        for (const path of PATHS) {
          for (const method of ['GET', 'HEAD']) {
            for (const headers of CONDITIONS) {
              const asked = `${who}: ${method} ${path} ${JSON.stringify(headers)}`;
              const target = `/v2/${full(name)}/${path}`;
              site.app.pullCache.forget('*');
              site.app.pullRights.forget(null);
              const cold = facts(await client.send(method, target, { headers }));
              const warm = facts(await client.send(method, target, { headers }));
              // A query keeps a request off the hot path.
              const plain = facts(await client.send(method, `${target}?plain`, { headers }));
              expect(warm, asked).toEqual(cold);
              expect(plain, asked).toEqual(cold);
            }
          }
        }
      }
    },
    COMPARISON_TIMEOUT_MS,
  );
});

describe('the hot path answers', () => {
  const WARM = ['manifests/latest', `manifests/${sha256(MANIFEST)}`, `blobs/${sha256(LAYER)}`];
  beforeEach(() => warmUp('open', WARM));

  test.each(['nobody', 'an anonymous token', 'an anonymous token without grants', 'the owner’s token'])(
    '%s: every part of a warm public image',
    async (who) => {
      const client = createRawClient(site.url, callers.get(who));
      // The first request caches the verified token.
      await client.send('GET', `/v2/${full('open')}/manifests/latest`);
      const pull = async () => {
        for (const method of ['GET', 'HEAD'])
          for (const path of WARM) await client.send(method, `/v2/${full('open')}/${path}`);
      };
      // Memory doesn't answer while the listener for changes is behind, as on a busy machine.
      await vi.waitFor(async () => expect(await countHot(pull)).toBe(2 * WARM.length), WARM_UP);
    },
  );

  test.each(['the owner’s token', 'a token of an access key', 'an access token', 'a login with an access key'])(
    '%s: every part of a warm private image, without a query',
    async (who) => {
      const client = createRawClient(site.url, callers.get(who));
      const pull = async () => {
        for (const path of WARM) expect((await client.send('GET', `/v2/${full('secret')}/${path}`)).status).toBe(200);
      };
      await vi.waitFor(async () => {
        const query = vi.spyOn(site.app.pool, 'query');
        const hot = await countHot(pull);
        const queries = query.mock.calls.length;
        query.mockRestore();
        expect([hot, queries]).toEqual([WARM.length, 0]);
      }, WARM_UP);
    },
  );

  test('no unverified credentials, and no hidden content to others', async () => {
    const wrong = ['an expired token', 'a wrong password', 'a forged token', 'two values'];
    const allowed = new Set(['the owner’s token', 'the owner’s token to push', 'a token of an access key']);
    const passwords = new Set(['an access token', 'a login with an access key']);
    const others = [...callers].filter(([who]) => !allowed.has(who) && !passwords.has(who));
    const ask = async () => {
      for (const who of wrong)
        for (const path of WARM)
          await createRawClient(site.url, callers.get(who)).send('GET', `/v2/${full('open')}/${path}`);
      for (const [name, asking] of [
        ['secret', others],
        ['closed', [...callers]],
      ] as const)
        for (const [, authorization] of asking)
          for (const path of WARM) {
            const client = createRawClient(site.url, authorization);
            await client.send('GET', `/v2/${full(name)}/${path}`);
            await client.send('HEAD', `/v2/${full(name)}/${path}`);
          }
    };
    expect(await countHot(ask)).toBe(0);
  });

  test('no HEAD before a push, because it leases the blob', async () => {
    const client = createRawClient(site.url, callers.get('the owner’s token to push'));
    await client.send('GET', `/v2/${full('open')}/manifests/latest`);
    const ask = () => client.send('HEAD', `/v2/${full('open')}/blobs/${sha256(LAYER)}`);
    expect(await countHot(ask)).toBe(0);
    expect((await ask()).status).toBe(200);
  });
});

describe('changed content is not answered from memory', () => {
  const LAYER_PATH = `blobs/${sha256(LAYER)}`;
  const TAG_PATH = 'manifests/latest';
  const change = (data: object) => (name: string) =>
    site.app.db.repository.updateMany({ where: { name }, data }).then(() => undefined);
  const remove = (path: string) => async (name: string) => {
    await publisher.send('DELETE', `/v2/${full(name)}/manifests/${sha256(MANIFEST)}`);
    await publisher.send('DELETE', `/v2/${full(name)}/manifests/${sha256(OTHER)}`);
    expect((await publisher.send('DELETE', `/v2/${full(name)}/${path}`)).status).toBe(202);
  };
  let count = 0;

  test.each<[string, (name: string) => Promise<void>, string, number]>([
    ['made private', change({ visibility: 'private' }), TAG_PATH, 401],
    ['made private', change({ visibility: 'private' }), LAYER_PATH, 401],
    ['quarantined', change({ quarantineReason: 'malware' }), TAG_PATH, 403],
    ['quarantined', change({ quarantineReason: 'malware' }), LAYER_PATH, 403],
    ['renamed', change({ name: 'elsewhere' }), TAG_PATH, 401],
    ['unlinked', remove(LAYER_PATH), LAYER_PATH, 404],
    [
      'found damaged',
      async () => {
        const data = { damage: 'corrupt' };
        await site.app.db.blob.updateMany({ where: { sha256: sha256(LAYER) }, data });
      },
      LAYER_PATH,
      404,
    ],
  ])('%s', async (_what, make, path, status) => {
    count += 1;
    const name = `changing${count}`;
    await pushImage(name);
    await warmUp(name, [path]);
    await make(name);
    expect((await createRawClient(site.url).send('GET', `/v2/${full(name)}/${path}`)).status).toBe(status);
    await site.app.db.blob.updateMany({ data: { damage: null } });
  });

  test('a moved tag', async () => {
    await pushImage('moving');
    await warmUp('moving', [TAG_PATH]);
    const headers = { 'content-type': OCI_IMAGE_MANIFEST };
    await publisher.send('PUT', `/v2/${full('moving')}/${TAG_PATH}`, { headers, body: OTHER });
    const { body } = await createRawClient(site.url).send('GET', `/v2/${full('moving')}/${TAG_PATH}`);
    expect(body.toString()).toBe(OTHER);
  });
});
