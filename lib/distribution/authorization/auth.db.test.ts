import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { issueRegistryToken, registryTokenEnd } from '#lib/identity/credentials/registry-token.ts';
import { revokeAccessToken } from '#lib/identity/credentials/revoke-access-token.ts';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const EMPTY_INDEX = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] });

let vitrine: TestApp;
let ada: TestUser;
let eve: TestUser;
let anonymous: RawClient;
let publicName: string;
let privateName: string;

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  eve = await vitrine.createUser();
  anonymous = createRawClient(vitrine.url);
  publicName = `${ada.alias}/open`;
  privateName = `${ada.alias}/secret`;
  await createRepository(vitrine.app, { caller: ada.caller, alias: ada.alias, name: 'secret', visibility: 'private' });
  for (const name of [publicName, privateName]) await putIndex(as(ada), name);
});
afterAll(() => vitrine.close());

const as = (user: TestUser) => createRawClient(vitrine.url, basic(user.token));
const bearer = (token: string) => createRawClient(vitrine.url, `Bearer ${token}`);
const putIndex = (client: RawClient, name: string) =>
  client.send('PUT', `/v2/${name}/manifests/latest`, {
    headers: { 'content-type': OCI_IMAGE_INDEX },
    body: EMPTY_INDEX,
  });
const getIndex = (client: RawClient, name: string) => client.send('GET', `/v2/${name}/manifests/latest`);

type TokenBody = { token: string; access_token: string; expires_in: number; issued_at: string; scope: string };
const readToken = (answer: Answer) => JSON.parse(answer.body.toString()) as TokenBody;
async function getToken(client: RawClient, ...scopes: string[]): Promise<TokenBody> {
  const query = new URLSearchParams(scopes.map((scope) => ['scope', scope]));
  return readToken(await client.send('GET', `/token?${query.toString()}`));
}

describe('GET /v2/', () => {
  test.each(['/v2', '/v2/'])('%s without credentials returns a challenge', async (path) => {
    const answer = await anonymous.send('GET', path);
    expect(answer).toMatchObject({
      status: 401,
      codes: ['UNAUTHORIZED'],
      headers: {
        'docker-distribution-api-version': 'registry/2.0',
        'www-authenticate': `Bearer realm="http://${vitrine.host}/token",service="localhost:${vitrine.host.split(':')[1]}"`,
        'x-content-type-options': 'nosniff',
      },
    });
  });

  it('accepts an access token, a bearer token and an anonymous token', async () => {
    const anonymousToken = await getToken(anonymous);
    for (const client of [as(ada), bearer((await getToken(as(ada))).token), bearer(anonymousToken.token)]) {
      expect(await client.send('GET', '/v2/')).toMatchObject({ status: 200 });
    }
  });

  it('treats an empty name and password as anonymous', async () => {
    expect((await createRawClient(vitrine.url, 'Basic Og==').send('GET', '/v2/')).status).toBe(401);
  });

  it('uses the Host header only if it is valid', async () => {
    for (const host of ['evil"x', 'a b', `${'a'.repeat(300)}.example`, 'x/y', 'user@host']) {
      const answer = await anonymous.send('GET', '/v2/', { headers: { host } });
      expect(answer.headers['www-authenticate']).toContain('realm="http://localhost:');
    }
    const answer = await anonymous.send('GET', '/v2/', {
      headers: { host: 'r.example.org', 'x-forwarded-proto': 'https' },
    });
    expect(answer.headers['www-authenticate']).toContain('realm="https://r.example.org/token"');
  });
});

describe('the token endpoint', () => {
  it('gives anonymous clients a token for public access', async () => {
    const scopes = [
      `repository:${publicName}:pull,push`,
      `repository:${privateName}:pull`,
      'registry:catalog:*',
      'nonsense',
    ];
    const body = await getToken(anonymous, ...scopes);
    expect(body.scope).toBe(`repository:${publicName}:pull`);
    expect(body).toMatchObject({ access_token: body.token, expires_in: 1800 });
    expect(Math.abs(Date.parse(body.issued_at) - Date.now())).toBeLessThan(60_000);
  });

  it('grants a user the permitted subset of the scopes, repeated or separated by spaces', async () => {
    const joined = `repository:${privateName}:pull repository:${ada.alias}/not-yet:*`;
    const { scope } = await getToken(
      as(ada),
      joined,
      `repository:${privateName}:push`,
      `repository:${eve.alias}/x1:push`,
    );
    expect(scope).toBe(`repository:${privateName}:pull,push repository:${ada.alias}/not-yet:pull,push,delete`);
  });

  it('grants no more than the access token allows', async () => {
    const scopes = [`repository:${ada.alias}/o*:pull`];
    const { secret } = await createAccessToken(vitrine.app, {
      caller: ada.caller,
      name: 'narrow',
      scopes,
      expiresInDays: 1,
    });
    const client = createRawClient(vitrine.url, basic(secret));
    const { scope } = await getToken(client, `repository:${publicName}:pull,push`, `repository:${privateName}:pull`);
    expect(scope).toBe(`repository:${publicName}:pull`);
    expect(await putIndex(client, publicName)).toMatchObject({ status: 403, codes: ['DENIED'] });
  });

  it('accepts a form, too', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const post = (form: Record<string, string>) =>
      anonymous.send('POST', '/token', { headers, body: new URLSearchParams(form).toString() });
    const scope = `repository:${privateName}:pull`;
    const answer = await post({ grant_type: 'password', username: 'ada', password: ada.token, scope });
    expect(readToken(answer)).toMatchObject({ scope, expires_in: 1800 });
    expect((await post({ grant_type: 'password', username: 'ada', password: 'wrong', scope })).status).toBe(401);
    expect((await post({ grant_type: 'refresh_token', refresh_token: 'x' })).status).toBe(401);
    expect((await post({ grant_type: 'client_credentials' })).status).toBe(405);
    expect((await post({ grant_type: 'password', username: 'x'.repeat(20_000) })).status).toBe(413);
  });

  test.each([
    ['a password that is not an access token', () => basic('hunter2')],
    ['an unknown access token', () => basic('vtr_3Mods4OE7AtALs1Yb3NtDEkC4XPH5TWaPB8c2WosYD')],
    ['no user name', () => basic(ada.token, '')],
    ['no password', () => basic('')],
    ['no colon', () => `Basic ${Buffer.from('ada').toString('base64')}`],
    ['not even base64', () => 'Basic !!!'],
    ['another scheme', () => 'Digest abc'],
  ])('never takes for anonymous: %s', async (_what, header) => {
    const client = createRawClient(vitrine.url, header());
    expect(await client.send('GET', '/token')).toMatchObject({ status: 401, codes: ['UNAUTHORIZED'] });
    expect((await getIndex(client, publicName)).status).toBe(401);
  });

  it('refuses a revoked and an expired access token', async () => {
    const make = () =>
      createAccessToken(vitrine.app, { caller: ada.caller, name: 'old', scopes: ['pull'], expiresInDays: 1 });
    const [revoked, expired] = [await make(), await make()];
    await revokeAccessToken(vitrine.app, { caller: ada.caller, id: revoked.id });
    await vitrine.app.db.accessToken.update({ where: { id: expired.id }, data: { expiresAt: new Date(0) } });
    for (const { secret } of [revoked, expired]) {
      expect((await createRawClient(vitrine.url, basic(secret)).send('GET', '/token')).status).toBe(401);
    }
  });

  it('invalidates its tokens, with a new challenge, when the access token is revoked', async () => {
    const { id, secret } = await createAccessToken(vitrine.app, {
      caller: ada.caller,
      name: 'to be revoked',
      expiresInDays: 1,
      scopes: ['repository:*:pull,push'],
    });
    const login = createRawClient(vitrine.url, basic(secret));
    const pull = bearer((await getToken(login, `repository:${privateName}:pull`)).token);
    const push = bearer((await getToken(login, `repository:${privateName}:pull,push`)).token);
    // A token exchanged for the bearer token is no way around it.
    const next = bearer((await getToken(pull, `repository:${privateName}:pull`)).token);
    for (const client of [pull, next]) expect((await getIndex(client, privateName)).status).toBe(200);
    expect((await putIndex(push, privateName)).status).toBe(201);
    await revokeAccessToken(vitrine.app, { caller: ada.caller, id });
    for (const answer of [
      await getIndex(pull, privateName),
      await getIndex(next, privateName),
      await putIndex(push, privateName),
    ]) {
      expect(answer).toMatchObject({ status: 401, codes: ['UNAUTHORIZED'] });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=.*error="invalid_token"/);
    }
    // It can still pull public repositories.
    expect((await getIndex(pull, publicName)).status).toBe(200);
  });

  it('refuses too many scopes at once', async () => {
    const scopes = Array.from({ length: 51 }, (_, i) => `repository:a/x${i}:pull`);
    expect((await anonymous.send('GET', `/token?scope=${scopes.join('+')}`)).status).toBe(400);
  });
});

describe('pulling', () => {
  it('a public repository works without a token, and with any valid one', async () => {
    const narrow = await getToken(as(eve), `repository:${eve.alias}/x1:pull`);
    for (const client of [anonymous, as(eve), bearer(narrow.token), createRawClient(vitrine.url, 'Basic Og==')]) {
      expect((await getIndex(client, publicName)).status).toBe(200);
    }
  });

  it('a private one looks missing to others', async () => {
    const missing = `${ada.alias}/missing`;
    const strip = ({ status, codes, headers }: Answer) => ({ status, codes, challenge: headers['www-authenticate'] });
    for (const client of [
      anonymous,
      as(eve),
      bearer((await getToken(as(eve), `repository:${privateName}:pull`)).token),
    ]) {
      const [hidden, none] = [await getIndex(client, privateName), await getIndex(client, missing)];
      expect(JSON.stringify(strip(hidden)).replaceAll('secret', 'missing')).toBe(JSON.stringify(strip(none)));
      expect(hidden.body.toString().replaceAll('secret', 'missing')).toBe(none.body.toString());
    }
    expect(await getIndex(as(eve), privateName)).toMatchObject({ status: 404, codes: ['NAME_UNKNOWN'] });
    const challenge = (await getIndex(anonymous, privateName)).headers['www-authenticate'];
    expect(challenge).toMatch(new RegExp(`,scope="repository:${privateName}:pull"$`));
  });

  it('a private one works for its members, with a token that covers it', async () => {
    expect((await getIndex(as(ada), privateName)).status).toBe(200);
    const { token } = await getToken(as(ada), `repository:${privateName}:pull`);
    expect((await getIndex(bearer(token), privateName)).status).toBe(200);
    const answer = await getIndex(bearer((await getToken(as(ada))).token), privateName);
    expect(answer).toMatchObject({ status: 401, codes: ['UNAUTHORIZED'] });
    expect(answer.headers['www-authenticate']).toMatch(/,error="insufficient_scope"$/);
  });

  it('a private one does not work with a token older than the repository', async () => {
    const { token } = await getToken(as(ada), `repository:${ada.alias}/later:pull`);
    await createRepository(vitrine.app, { caller: ada.caller, alias: ada.alias, name: 'later', visibility: 'private' });
    expect(await getIndex(bearer(token), `${ada.alias}/later`)).toMatchObject({ status: 401 });
    const fresh = await getToken(as(ada), `repository:${ada.alias}/later:pull`);
    expect(await getIndex(bearer(fresh.token), `${ada.alias}/later`)).toMatchObject({
      status: 404,
      codes: ['MANIFEST_UNKNOWN'],
    });
  });

  test.each([
    ['garbage', () => Promise.resolve('abc')],
    ['for another registry', () => issue({ service: 'other.example.org' })],
    ['expired', () => issue({ issuedAt: new Date(Date.now() - 3_600_000) })],
  ])('with an invalid bearer token fails: %s', async (_what, makeToken) => {
    const answer = await getIndex(bearer(await makeToken()), publicName);
    expect(answer).toMatchObject({ status: 401, codes: ['UNAUTHORIZED'] });
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('the referrers of a missing repository gives an empty list to users who may create it', async () => {
    const path = `/v2/${ada.alias}/not-yet/referrers/${DIGEST}`;
    expect(await as(ada).send('GET', path)).toMatchObject({
      status: 200,
      headers: { 'content-type': OCI_IMAGE_INDEX },
    });
    expect((await as(eve).send('GET', path)).status).toBe(404);
    expect((await anonymous.send('GET', path)).status).toBe(401);
  });
});

describe('pushing and deleting', () => {
  it('needs an account, a role and a token that covers it', async () => {
    const push = (client: RawClient) => putIndex(client, publicName);
    const remove = (client: RawClient) => client.send('DELETE', `/v2/${publicName}/manifests/none`);
    const answer = await push(anonymous);
    expect(answer).toMatchObject({ status: 401, codes: ['UNAUTHORIZED'] });
    expect(answer.headers['www-authenticate']).toContain(`scope="repository:${publicName}:pull,push"`);
    const anonymousToken = await getToken(anonymous, `repository:${publicName}:pull,push`);
    expect((await push(bearer(anonymousToken.token))).headers['www-authenticate']).toContain('insufficient_scope');
    for (const act of [push, remove]) expect(await act(as(eve))).toMatchObject({ status: 403, codes: ['DENIED'] });

    const pullToken = await getToken(as(ada), `repository:${publicName}:pull`);
    const pushToken = await getToken(as(ada), `repository:${publicName}:pull,push`);
    expect((await push(bearer(pullToken.token))).headers['www-authenticate']).toContain('insufficient_scope');
    expect((await push(bearer(pushToken.token))).status).toBe(201);
    expect((await remove(bearer(pushToken.token))).headers['www-authenticate']).toContain('insufficient_scope');
    expect(await remove(as(ada))).toMatchObject({ status: 404, codes: ['MANIFEST_UNKNOWN'] });
  });

  it("to another user's private repository looks like one to a missing repository", async () => {
    for (const name of [privateName, `${ada.alias}/missing`]) {
      expect(await putIndex(as(eve), name)).toMatchObject({ status: 403, codes: ['DENIED'] });
      const removed = await as(eve).send('DELETE', `/v2/${name}/manifests/latest`);
      expect(removed).toMatchObject({ status: 404, codes: ['NAME_UNKNOWN'] });
    }
  });

  it('stops working with the role, whatever the token says', async () => {
    const bob = await vitrine.createUser();
    const { db } = vitrine.app;
    const { registryKey } = await db.repository.findFirstOrThrow({ where: { name: 'open' } });
    const member = { registryKey, userId: bob.caller.principal.userId };
    await db.member.create({ data: { ...member, role: 'pusher' } });
    const { token, scope } = await getToken(as(bob), `repository:${publicName}:*`);
    expect(scope).toBe(`repository:${publicName}:pull,push`);
    expect((await putIndex(bearer(token), publicName)).status).toBe(201);
    expect(await putIndex(as(bob), `${ada.alias}/new-one`)).toMatchObject({ status: 403, codes: ['DENIED'] });
    await db.member.delete({ where: { registryKey_userId: member } });
    expect(await putIndex(bearer(token), publicName)).toMatchObject({ status: 403, codes: ['DENIED'] });
    await db.user.update({ where: { id: member.userId }, data: { disabledAt: new Date() } });
    expect(await putIndex(bearer(token), publicName)).toMatchObject({ status: 401, codes: ['UNAUTHORIZED'] });
  });
});

function issue(change: { service?: string; issuedAt?: Date }): Promise<string> {
  const service = change.service ?? new URL(vitrine.app.config.publicUrl).host;
  const authority = { key: vitrine.app.authKeys.registryToken, service };
  const issuedAt = change.issuedAt ?? new Date();
  return issueRegistryToken(authority, {
    userId: ada.caller.principal.userId,
    scopes: null,
    grants: [],
    accessTokenId: null,
    accessKeyId: null,
    issuedAt,
    expiresAt: registryTokenEnd(issuedAt, null),
  });
}
