// A token exchanged at /token never grants more than the original, and never outlives it.
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { REFRESH_TOKEN_TTL_SECONDS } from '#lib/identity/credentials/refresh-token.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';

type TokenBody = { token: string; scope: string; refresh_token?: string; expires_in: number; issued_at: string };

let vitrine: TestApp;
let ada: TestUser;
let one: string;
let other: string;

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  [one, other] = [`${ada.alias}/one`, `${ada.alias}/other`];
  for (const name of ['one', 'other']) await createPrivate(name);
});
beforeEach(() => vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());
afterAll(() => vitrine.close());

const createPrivate = (name: string) =>
  createRepository(vitrine.app, { caller: ada.caller, alias: ada.alias, name, visibility: 'private' });
const passMinutes = (minutes: number) => vi.setSystemTime(Date.now() + minutes * 60_000);

async function ask(authorization: string | undefined, ...scopes: string[]): Promise<TokenBody> {
  const query = new URLSearchParams([['offline_token', 'true'], ...scopes.map((scope) => ['scope', scope])]);
  const answer = await createRawClient(vitrine.url, authorization).send('GET', `/token?${query.toString()}`);
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body.toString()) as TokenBody;
}

async function post(form: Record<string, string>): Promise<{ status: number; body: TokenBody }> {
  const answer = await createRawClient(vitrine.url).send('POST', '/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ access_type: 'offline', ...form }).toString(),
  });
  return { status: answer.status, body: JSON.parse(answer.body.toString()) as TokenBody };
}

async function canPull(token: string, fullName: string): Promise<boolean> {
  const { status } = await createRawClient(vitrine.url, `Bearer ${token}`).send('GET', `/v2/${fullName}/tags/list`);
  return status === 200;
}

const createToken = (scopes: string[], expiresInDays: number | null = null) =>
  createAccessToken(vitrine.app, { caller: ada.caller, name: 'a test', scopes, expiresInDays });
const endOf = (token: string) => decodeJwt(token).exp ?? Infinity;
const all = (fullName: string) => `repository:${fullName}:pull,push,delete`;

test('a bearer token can be exchanged for a subset of its rights only', async () => {
  const narrow = await ask(basic(ada.token), `repository:${one}:pull`);
  const bought = await ask(`Bearer ${narrow.token}`, all(one), all(other), all(`${ada.alias}/new`));
  expect(bought.scope).toBe(`repository:${one}:pull`);
  expect(await canPull(bought.token, other)).toBe(false);
  const wide = await ask(basic(ada.token), all(one), all(other));
  expect((await ask(`Bearer ${wide.token}`, `repository:${one}:pull`)).scope).toBe(`repository:${one}:pull`);
  // A narrowed token doesn't regain the rights of the original.
  const again = await ask(`Bearer ${(await ask(`Bearer ${wide.token}`, `repository:${one}:pull`)).token}`, all(other));
  expect(again.scope).toBe('');
});

test.each(['a user', 'nobody'])('a token of %s expires with the first one, even after exchanges', async (who) => {
  const first = await ask(who === 'nobody' ? undefined : basic(ada.token), `repository:${one}:pull`);
  let { token } = first;
  for (let i = 1; i <= 5; i++) {
    passMinutes(5);
    const next = await ask(`Bearer ${token}`, `repository:${one}:pull`);
    expect(endOf(next.token)).toBe(endOf(first.token));
    expect(next.expires_in).toBe(1800 - i * 300);
    expect(Date.parse(next.issued_at)).toBe(Date.now());
    expect(next).not.toHaveProperty('refresh_token');
    ({ token } = next);
  }
  passMinutes(6);
  expect(await createRawClient(vitrine.url, `Bearer ${token}`).send('GET', '/token')).toMatchObject({ status: 401 });
});

test('a bearer token is not a password or a refresh token', async () => {
  const { token } = await ask(basic(ada.token), all(one));
  expect(await createRawClient(vitrine.url, basic(token)).send('GET', '/token')).toMatchObject({ status: 401 });
  expect((await post({ grant_type: 'password', username: 'ada', password: token })).status).toBe(401);
  expect((await post({ grant_type: 'refresh_token', refresh_token: token })).status).toBe(401);
});

test('a token older than a recreated repository does not open it, even after an exchange', async () => {
  const fullName = `${ada.alias}/again`;
  await createPrivate('again');
  const { token } = await ask(basic(ada.token), `repository:${fullName}:pull`);
  expect(await canPull(token, fullName)).toBe(true);
  await deleteRepository(vitrine.app, { caller: ada.caller, fullName });
  await createPrivate('again');
  // The fake clock is never ahead of PostgreSQL's.
  await vitrine.app.db.repository.updateMany({
    where: { name: 'again' },
    data: { createdAt: new Date(Date.now() + 1) },
  });
  passMinutes(1);
  const bought = await ask(`Bearer ${token}`, `repository:${fullName}:pull`);
  for (const text of [token, bought.token]) expect(await canPull(text, fullName)).toBe(false);
  expect(await canPull((await ask(basic(ada.token), `repository:${fullName}:pull`)).token, fullName)).toBe(true);
});

test('bearer and refresh tokens expire with their access token, as do all tokens exchanged for them', async () => {
  const { id, secret } = await createToken(['push'], 1);
  const expiresAt = new Date(Date.now() + 10 * 60_000);
  await vitrine.app.db.accessToken.update({ where: { id }, data: { expiresAt } });
  const end = Math.floor(expiresAt.getTime() / 1000);
  const login = await ask(basic(secret), all(one));
  expect(login.expires_in).toBe(600);
  const { refresh_token: refreshToken = '' } = login;
  const refreshed = await post({ grant_type: 'refresh_token', refresh_token: refreshToken, scope: all(one) });
  const posted = await post({ grant_type: 'password', username: 'ada', password: secret, scope: all(one) });
  const exchanged = await ask(`Bearer ${login.token}`, all(one));
  const bearers = [login.token, refreshed.body.token, posted.body.token, exchanged.token];
  for (const text of [...bearers, refreshToken, posted.body.refresh_token ?? '']) expect(endOf(text)).toBe(end);
  passMinutes(11);
  // A later extension of the access token applies only to tokens issued from then on.
  await vitrine.app.db.accessToken.update({ where: { id }, data: { expiresAt: null } });
  for (const text of bearers) expect(await canPull(text, one)).toBe(false);
  expect((await post({ grant_type: 'refresh_token', refresh_token: refreshToken })).status).toBe(401);
});

test('bearer tokens expire with their refresh token', async () => {
  const { secret } = await createToken(['pull']);
  const { refresh_token: text = '' } = await ask(basic(secret));
  vi.setSystemTime(Date.now() + (REFRESH_TOKEN_TTL_SECONDS - 120) * 1000);
  const { body } = await post({ grant_type: 'refresh_token', refresh_token: text, scope: `repository:${one}:pull` });
  expect(endOf(body.token)).toBe(endOf(text));
  expect(body.expires_in).toBeLessThanOrEqual(120);
});

test('narrowing an access token narrows the tokens issued for it at once', async () => {
  const { id, secret } = await createToken(['push', 'delete']);
  const { token, refresh_token: refreshToken = '' } = await ask(basic(secret), all(one), all(other));
  expect(await canPull(token, other)).toBe(true);
  await vitrine.app.db.accessToken.update({ where: { id }, data: { scopes: [`repository:${one}:pull`] } });
  expect(await canPull(token, one)).toBe(true);
  expect(await canPull(token, other)).toBe(false);
  const push = await createRawClient(vitrine.url, `Bearer ${token}`).send('POST', `/v2/${one}/blobs/uploads/`);
  expect(push).toMatchObject({ status: 403, codes: ['DENIED'] });
  expect((await ask(`Bearer ${token}`, all(one), all(other))).scope).toBe(`repository:${one}:pull`);
  const { body } = await post({ grant_type: 'refresh_token', refresh_token: refreshToken, scope: all(one) });
  expect(body.scope).toBe(`repository:${one}:pull`);
});
