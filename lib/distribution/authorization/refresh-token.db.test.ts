import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { revokeAccessToken } from '#lib/identity/credentials/revoke-access-token.ts';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';

const EMPTY_INDEX = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] });

let vitrine: TestApp;
let ada: TestUser;
let anonymous: RawClient;
let service: string;
let secret: string;
let scope: string;

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  anonymous = createRawClient(vitrine.url);
  service = new URL(vitrine.app.config.publicUrl).host;
  secret = `${ada.alias}/secret`;
  scope = `repository:${secret}:pull,push`;
  await createRepository(vitrine.app, { caller: ada.caller, alias: ada.alias, name: 'secret', visibility: 'private' });
});
afterAll(() => vitrine.close());

type TokenBody = { token: string; access_token: string; scope: string; refresh_token?: string; expires_in: number };
const read = (answer: Answer) => JSON.parse(answer.body.toString()) as TokenBody;
const get = (authorization: string | undefined, query: Record<string, string>) =>
  createRawClient(vitrine.url, authorization).send('GET', `/token?${new URLSearchParams(query).toString()}`);
const post = (form: Record<string, string>) =>
  anonymous.send('POST', '/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: 'docker', service, ...form }).toString(),
  });
const putIndex = (token: string) =>
  createRawClient(vitrine.url, `Bearer ${token}`).send('PUT', `/v2/${secret}/manifests/v1`, {
    headers: { 'content-type': OCI_IMAGE_INDEX },
    body: EMPTY_INDEX,
  });

/** Logs in like `docker login`. */
async function logIn(accessToken = ada.token): Promise<string> {
  const query = { account: 'ada', client_id: 'docker', offline_token: 'true', service };
  const body = read(await get(basic(accessToken), query));
  return body.refresh_token ?? '';
}
const refresh = (text: string, more: Record<string, string> = {}) =>
  post({ grant_type: 'refresh_token', refresh_token: text, scope, ...more });

describe('a refresh token', () => {
  it('is issued on request, by GET and by POST', async () => {
    const form = { grant_type: 'password', username: 'ada', password: ada.token, access_type: 'offline', scope };
    for (const text of [await logIn(), read(await post(form)).refresh_token ?? '']) {
      const answer = read(await refresh(text));
      expect(answer).toMatchObject({ scope, expires_in: 1800 });
      expect(answer.access_token).toBe(answer.token);
      expect((await putIndex(answer.token)).status).toBe(201);
      expect(answer).not.toHaveProperty('refresh_token');
      // Clients don't store a new one, and don't need one.
      expect(read(await refresh(text, { access_type: 'offline' })).refresh_token).toBe(text);
    }
  });

  it('is not issued otherwise', async () => {
    const query = { offline_token: 'true', service };
    const { token } = read(await get(basic(ada.token), { scope }));
    for (const authorization of [undefined, 'Basic Og==', `Bearer ${token}`]) {
      const answer = await get(authorization, query);
      expect(answer.status).toBe(200);
      expect(read(answer)).not.toHaveProperty('refresh_token');
    }
    const anonymousForm = { grant_type: 'password', username: '', password: '', access_type: 'offline' };
    expect(read(await post(anonymousForm))).not.toHaveProperty('refresh_token');
    for (const query of [{ offline_token: 'false' }, {}]) {
      expect(read(await get(basic(ada.token), query as Record<string, string>))).not.toHaveProperty('refresh_token');
    }
    expect((await get(basic('hunter2'), query)).status).toBe(401);
  });

  it('grants no more than its access token', async () => {
    const narrow = await createAccessToken(vitrine.app, {
      caller: ada.caller,
      name: 'narrow',
      expiresInDays: 1,
      scopes: [`repository:${secret}:pull`],
    });
    const { scope: granted, token } = read(await refresh(await logIn(narrow.secret)));
    expect(granted).toBe(`repository:${secret}:pull`);
    // Nor can the new token be exchanged for more, because it still belongs to that access token.
    expect(read(await get(`Bearer ${token}`, { scope })).scope).toBe(`repository:${secret}:pull`);
  });

  it('is invalid once the access token is revoked, as are the tokens issued for it', async () => {
    const { id, secret: accessToken } = await createAccessToken(vitrine.app, {
      caller: ada.caller,
      name: 'ends',
      scopes: ['push'],
      expiresInDays: 1,
    });
    const text = await logIn(accessToken);
    const { token } = read(await refresh(text));
    expect((await putIndex(token)).status).toBe(201);
    await revokeAccessToken(vitrine.app, { caller: ada.caller, id });
    for (const answer of [await refresh(text), await putIndex(token)]) {
      expect(answer).toMatchObject({ status: 401, codes: ['UNAUTHORIZED'] });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
    }
  });

  it('is not accepted elsewhere, and no other token is accepted in its place', async () => {
    const text = await logIn();
    for (const authorization of [`Bearer ${text}`, basic(text)]) {
      const client = createRawClient(vitrine.url, authorization);
      for (const path of ['/v2/', `/v2/${secret}/tags/list`, '/token']) {
        const answer = await client.send('GET', path);
        expect(answer).toMatchObject({ status: 401, codes: ['UNAUTHORIZED'] });
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
      }
    }
    const { token } = read(await get(basic(ada.token), { scope }));
    for (const other of [token, ada.token, '', 'a.b.c', `${text}x`]) expect((await refresh(other)).status).toBe(401);
  });
});

describe('the service', () => {
  it('of a request must be ours or omitted', async () => {
    const { host } = vitrine;
    for (const named of [{ service }, { service: host }, {}, { service: '' }]) {
      expect((await get(basic(ada.token), named as Record<string, string>)).status).toBe(200);
    }
    for (const other of ['registry.docker.io', 'x']) {
      for (const answer of [
        await get(basic(ada.token), { service: other }),
        await get(undefined, { service: other }),
        await refresh(await logIn(), { service: other }),
      ]) {
        expect(answer.status).toBe(400);
        expect(answer.body.toString()).toContain(`The service must be ${service}.`);
      }
    }
  });
});

describe('scopes', () => {
  it('may be many, repeated or separated by spaces, also by POST', async () => {
    const names = Array.from({ length: 50 }, (_, i) => `repository:${ada.alias}/x${i}:pull,push`);
    const login = await logIn();
    const { scope: granted, token } = read(await refresh(login, { scope: [...names, ...names].join(' ') }));
    expect(granted).toBe(names.join(' '));
    // The longest possible scopes still fit into a header.
    const long = Array.from({ length: 50 }, (_, i) => `repository:${ada.alias}/${'n'.repeat(240)}${i}:*`);
    const body = read(await refresh(login, { scope: long.join(' ') }));
    expect(body.scope.split(' ')).toHaveLength(50);
    for (const text of [token, body.token]) {
      expect((await createRawClient(vitrine.url, `Bearer ${text}`).send('GET', '/v2/')).status).toBe(200);
    }
  });

  it('are read between the first and the last colon', async () => {
    const ask = async (...scopes: string[]) => {
      const query = new URLSearchParams(scopes.map((text) => ['scope', text]));
      const client = createRawClient(vitrine.url, basic(ada.token));
      return read(await client.send('GET', `/token?${query.toString()}`)).scope;
    };
    // A name with a port is a valid scope, but not a repository name here.
    expect(await ask(`repository:localhost:3000/${secret}:pull`)).toBe('');
    expect(await ask(`repository(plugin):${secret}:pull`)).toBe(`repository:${secret}:pull`);
    for (const odd of ['repository', `repository:${secret}`, `repository:${secret}:`, `repository:${secret}:admin`]) {
      expect(await ask(odd, scope)).toBe(scope);
    }
    for (const odd of [`registry:${secret}:pull`, `repository:${secret}:PULL`, `repository:../${secret}:pull`, ':::']) {
      expect(await ask(odd)).toBe('');
    }
    expect(await ask(`repository:${secret}:*`)).toBe(`repository:${secret}:pull,push,delete`);
  });
});
