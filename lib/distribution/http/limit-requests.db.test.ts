// The site of this test is behind its own proxy, so X-Forwarded-For has the client's address.
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { revokeAccessToken } from '#lib/identity/credentials/revoke-access-token.ts';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { createClientLimit } from '#lib/platform/http/client-limit.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type Answer } from '#lib/testing/servers/raw-http.ts';

const EMPTY_INDEX = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] });
const HERE = '198.51.100.7';
const HOUR_MS = 3_600_000;

let vitrine: TestApp;
let ada: TestUser;
let name: string;
let nowMs = 0;

beforeAll(async () => {
  vitrine = await createTestApp({ PULLS_PER_HOUR: '3', TOKENS_PER_MINUTE: '4', PROXIES: '1' });
  ada = await vitrine.createUser();
  name = `${ada.alias}/open`;
  const client = createRawClient(vitrine.url, basic(ada.token));
  for (const full of [name, `${ada.alias}/secret`]) {
    const headers = { 'content-type': OCI_IMAGE_INDEX };
    await client.send('PUT', `/v2/${full}/manifests/latest`, { headers, body: EMPTY_INDEX });
  }
  await client.pushBlob(name, 'a layer');
  await vitrine.app.db.repository.updateMany({ where: { name: 'secret' }, data: { visibility: 'private' } });
});
afterAll(() => vitrine.close());

beforeEach(() => {
  const shared = { unlimitedNetworks: vitrine.app.config.unlimitedNetworks, now: () => nowMs };
  vitrine.app.limits = {
    pulls: createClientLimit({ ...shared, limit: vitrine.app.config.pullsPerHour, windowSeconds: 3600 }),
    tokens: createClientLimit({ ...shared, limit: vitrine.app.config.tokensPerMinute, windowSeconds: 60 }),
  };
});

type Who = { from?: string; authorization?: string };
function send(method: string, path: string, who: Who = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const from = { 'x-forwarded-for': who.from ?? HERE };
  return createRawClient(vitrine.url, who.authorization).send(method, path, { headers: { ...from, ...headers } });
}
const pull = (who: Who = {}, headers: Record<string, string> = {}) =>
  send('GET', `/v2/${name}/manifests/latest`, who, headers);
async function pullAll(who: Who = {}): Promise<Answer> {
  for (let i = 0; i < 3; i += 1) expect((await pull(who)).status).toBe(200);
  return pull(who);
}
const getToken = (who: Who) => send('GET', `/token?scope=repository:${name}:pull`, who);
async function bearer(who: Who): Promise<string> {
  const { token } = JSON.parse((await getToken(who)).body.toString()) as { token: string };
  return `Bearer ${token}`;
}

describe('anonymous pulls', () => {
  it('report the remaining quota, and end with a 429 that says what to do', async () => {
    for (const remaining of ['2', '1', '0']) {
      expect(await pull()).toMatchObject({
        status: 200,
        headers: {
          'ratelimit-limit': '3',
          'ratelimit-remaining': remaining,
          'ratelimit-reset': '3600',
          'ratelimit-policy': '3;w=3600',
          'docker-ratelimit-source': HERE,
        },
      });
    }
    nowMs += 1_000_000;
    const refused = await pull();
    expect(refused).toMatchObject({
      status: 429,
      codes: ['TOOMANYREQUESTS'],
      headers: { 'retry-after': '2600', 'ratelimit-remaining': '0', 'ratelimit-reset': '2600' },
    });
    const host = new URL(vitrine.app.config.publicUrl).host;
    expect(refused.body.toString()).toContain(`docker login ${host}`);
    expect(refused.body.toString()).toContain('try again in 44 minutes');
  });

  it('work again after an hour', async () => {
    expect((await pullAll()).status).toBe(429);
    nowMs += HOUR_MS - 1;
    expect(await pull()).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    nowMs += 1;
    expect(await pull()).toMatchObject({ status: 200, headers: { 'ratelimit-remaining': '2' } });
  });

  it('are counted with an anonymous token, too', async () => {
    const authorization = await bearer({ from: '203.0.113.9' });
    expect((await pullAll({ authorization })).status).toBe(429);
    expect((await pull()).status).toBe(429);
  });

  it('are counted even for a 304 or a 404', async () => {
    const etag = `"${sha256(EMPTY_INDEX)}"`;
    expect(await pull({}, { 'if-none-match': etag })).toMatchObject({
      status: 304,
      headers: { 'ratelimit-remaining': '2' },
    });
    const missing = await send('GET', `/v2/${name}/manifests/missing`);
    expect(missing).toMatchObject({ status: 404, headers: { 'ratelimit-remaining': '1' } });
  });

  it('of private repositories get the usual challenge, and are free', async () => {
    for (let i = 0; i < 5; i += 1) {
      expect((await send('GET', `/v2/${ada.alias}/secret/manifests/latest`)).status).toBe(401);
    }
    expect((await pull()).headers['ratelimit-remaining']).toBe('2');
  });
});

describe('not counted', () => {
  it('are HEAD requests, blobs and lists', async () => {
    const paths = [`blobs/${sha256('a layer')}`, 'tags/list', `referrers/${sha256('x')}`];
    for (let i = 0; i < 5; i += 1) {
      const head = await send('HEAD', `/v2/${name}/manifests/latest`);
      expect(head).toMatchObject({ status: 200, headers: { 'ratelimit-remaining': '3' } });
      for (const path of paths) expect((await send('GET', `/v2/${name}/${path}`)).status).toBe(200);
    }
    expect((await pullAll()).status).toBe(429);
    expect((await send('HEAD', `/v2/${name}/manifests/latest`)).status).toBe(200);
    for (const path of paths) expect((await send('GET', `/v2/${name}/${path}`)).status).toBe(200);
  });

  it('are signed-in clients, however many pulls came from their network', async () => {
    expect((await pullAll()).status).toBe(429);
    for (const authorization of [basic(ada.token), await bearer({ authorization: basic(ada.token) })]) {
      for (let i = 0; i < 5; i += 1) {
        const answer = await pull({ authorization });
        expect(answer.status).toBe(200);
        expect(answer.headers).not.toHaveProperty('ratelimit-limit');
      }
    }
  });

  it('are programs on this machine', async () => {
    for (const from of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) expect((await pullAll({ from })).status).toBe(200);
    // Unless the operator changes that.
    const options = { limit: 3, windowSeconds: 60, unlimitedNetworks: ['10.0.0.0/8'] };
    vitrine.app.limits.pulls = createClientLimit(options);
    expect((await pullAll({ from: '127.0.0.1' })).status).toBe(429);
    expect((await pullAll({ from: '10.2.3.4' })).status).toBe(200);
  });
});

describe('a client is', () => {
  it('identified by the address that our proxy saw, not by one that it claims', async () => {
    expect((await pullAll()).status).toBe(429);
    for (const from of [`203.0.113.1, ${HERE}`, `127.0.0.1, ${HERE}`, `x,,${HERE}`]) {
      expect((await pull({ from })).status).toBe(429);
    }
    expect((await pull({}, { 'x-client-address': '203.0.113.1', forwarded: 'for=203.0.113.1' })).status).toBe(429);
    expect((await pull({ from: `${HERE}, 203.0.113.1` })).status).toBe(200);
  });

  it('identified by its IPv6 /64, or by an IPv4 address even if mapped to IPv6', async () => {
    expect((await pullAll({ from: '2001:db8:1:2::1' })).status).toBe(429);
    expect((await pull({ from: '2001:db8:1:2:9:9:9:9' })).status).toBe(429);
    expect(await pull({ from: '2001:db8:1:3::1' })).toMatchObject({
      status: 200,
      headers: { 'docker-ratelimit-source': '2001:db8:1:3::/64' },
    });
    expect((await pullAll({ from: '198.51.100.20' })).status).toBe(429);
    expect((await pull({ from: '::ffff:198.51.100.20' })).status).toBe(429);
  });

  test('identified by its socket without a proxy, whatever headers it sends', async () => {
    const plain = await createTestApp({ PULLS_PER_HOUR: '1', UNLIMITED_NETWORKS: '10.0.0.0/8' });
    const owner = await plain.createUser();
    const full = `${owner.alias}/tool`;
    await createRepository(plain.app, { caller: owner.caller, alias: owner.alias, name: 'tool', visibility: 'public' });
    const statuses: number[] = [];
    for (const from of ['10.1.1.1', '203.0.113.5', '2001:db8::1']) {
      const headers = { 'x-forwarded-for': from, 'x-real-ip': from, 'x-client-address': from };
      statuses.push((await createRawClient(plain.url).send('GET', `/v2/${full}/manifests/x`, { headers })).status);
    }
    expect(statuses).toEqual([404, 429, 429]);
    await plain.close();
  });
});

test.each(['containerd/2.1.4', 'buildkit/v0.24', 'docker/29.0.1 go/go1.25'])(
  '%s, which sends credentials only after a challenge, gets a challenge when the limit is used up',
  async (agent) => {
    expect((await pullAll()).status).toBe(429);
    const headers = { 'user-agent': agent };
    const challenged = await pull({}, headers);
    expect(challenged).toMatchObject({ status: 401, codes: ['UNAUTHORIZED'] });
    expect(challenged.headers['www-authenticate']).toContain(`scope="repository:${name}:pull"`);
    const authorization = await bearer({ authorization: basic(ada.token) });
    expect((await pull({ authorization }, headers)).status).toBe(200);
    // An anonymous token answers the challenge too, and then gets 429.
    expect((await pull({ authorization: await bearer({}) }, headers)).status).toBe(429);
    expect((await send('HEAD', `/v2/${name}/manifests/latest`, {}, headers)).status).toBe(200);
  },
);

describe('token requests', () => {
  it('by anonymous clients end with 429, but those of users do not', async () => {
    for (let i = 0; i < 4; i += 1) expect((await getToken({})).status).toBe(200);
    expect(await getToken({})).toMatchObject({
      status: 429,
      codes: ['TOOMANYREQUESTS'],
      headers: { 'retry-after': '60' },
    });
    for (let i = 0; i < 6; i += 1) expect((await getToken({ authorization: basic(ada.token) })).status).toBe(200);
    expect((await getToken({ from: '203.0.113.77' })).status).toBe(200);
    nowMs += 60_000;
    expect((await getToken({})).status).toBe(200);
  });

  it('with wrong credentials end with 429 too, however they are sent', async () => {
    const { secret, id } = await createAccessToken(vitrine.app, {
      caller: ada.caller,
      name: 'ends',
      scopes: ['pull'],
      expiresInDays: 1,
    });
    await revokeAccessToken(vitrine.app, { caller: ada.caller, id });
    const postForm = (password: string) =>
      createRawClient(vitrine.url).send('POST', '/token', {
        headers: { 'x-forwarded-for': HERE, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'password', username: 'x', password }).toString(),
      });
    for (const authorization of [basic(secret), basic('hunter2'), 'Bearer a.b.c']) {
      expect((await getToken({ authorization })).status).toBe(401);
    }
    expect((await postForm('hunter2')).status).toBe(401);
    for (const answer of [await getToken({ authorization: basic(secret) }), await postForm('hunter2')]) {
      expect(answer.status).toBe(429);
    }
    expect((await postForm(ada.token)).status).toBe(200);
  });
});
