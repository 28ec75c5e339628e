import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { handleRestRequest } from './handle-rest-request.ts';

let site: TestApp;
let giver: TestUser;
let taker: TestUser;
let serial = 0;
let name = '';
beforeAll(async () => {
  site = await createTestApp();
  const scopes = ['api:write', 'repository:*:pull,push,delete'];
  [giver, taker] = [await site.createUser({ scopes }), await site.createUser({ scopes })];
});
afterAll(() => site.close());
beforeEach(async () => {
  name = `app-${(serial += 1)}`;
  const { caller, alias } = giver;
  await createRepository(site.app, { caller, alias, name });
});

async function call(method: string, path: string, body?: object, { token } = giver) {
  const response = await handleRestRequest(
    site.app,
    new Request(`http://localhost/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as unknown };
}
const at = (repository: string) => `/repositories/${encodeURIComponent(repository)}`;
const here = () => `${giver.alias}/${name}`;
async function registryOf({ alias }: TestUser): Promise<string> {
  const { registry } = await site.app.db.alias.findUniqueOrThrow({
    where: { name: alias },
    include: { registry: true },
  });
  return `/registries/${registry.registryId}`;
}

/** Makes a user an owner of another's registry too. */
async function addOwner({ alias }: TestUser, { caller }: TestUser) {
  const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: alias } });
  const { userId } = caller.principal;
  await site.app.db.member.create({ data: { registryKey, userId, role: 'owner' } });
  return {
    remove: () => site.app.db.member.delete({ where: { registryKey_userId: { registryKey, userId } } }),
  };
}

test('a repository is renamed, found by its former name, and the redirect is ended', async () => {
  const fullName = `${giver.alias}/renamed-${serial}`;
  expect(await call('PUT', `${at(here())}/name`, { name: `renamed-${serial}` })).toEqual({
    status: 200,
    body: { fullName },
  });
  expect((await call('GET', at(here()))).body).toMatchObject({ fullName });
  const list = async () => (await call('GET', `${await registryOf(giver)}/former-names`)).body;
  expect(await list()).toMatchObject({ formerNames: [{ fullName: here(), movedTo: fullName }] });
  expect(await call('PATCH', at(here()), { description: 'x' })).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining(`${here()} is now ${fullName}.`) as string },
  });
  expect((await call('DELETE', `${at(here())}/redirect`)).status).toBe(204);
  expect(await list()).toEqual({ formerNames: [] });
  expect((await call('GET', at(here()))).status).toBe(404);
  expect((await call('DELETE', `${at(here())}/redirect`)).status).toBe(404);
});

test('a transfer is offered, listed on both sides, declined, withdrawn and accepted', async () => {
  const [giving, taking] = [await registryOf(giver), await registryOf(taker)];
  const offer = async () => {
    const { status, body } = await call('POST', `${at(here())}/transfer`, { to: taker.alias });
    expect(status).toBe(200);
    return (body as { id: string }).id;
  };
  const first = await offer();
  const sides = { id: first, fullName: here(), from: giver.alias, to: taker.alias, offeredBy: giver.email };
  expect((await call('GET', `${giving}/transfers`)).body).toMatchObject({ incoming: [], outgoing: [sides] });
  expect((await call('GET', `${taking}/transfers`, undefined, taker)).body).toMatchObject({ incoming: [sides] });
  expect((await call('GET', `${taking}/transfers`)).status).toBe(404);
  expect((await call('POST', `${taking}/transfers/${first}/decline`, undefined, taker)).status).toBe(204);
  const second = await offer();
  // The path names the registry that a token must reach.
  const both = await addOwner(taker, giver);
  for (const [method, path] of [
    ['POST', `${giving}/transfers/${second}/accept`],
    ['POST', `${giving}/transfers/${second}/decline`],
    ['DELETE', `${taking}/transfers/${second}`],
  ] as const)
    expect((await call(method, path, method === 'POST' ? {} : undefined, giver)).status, path).toBe(404);
  await both.remove();
  expect((await call('DELETE', `${giving}/transfers/${second}`)).status).toBe(204);
  expect((await call('DELETE', `${giving}/transfers/${second}`)).status).toBe(404);
  const third = await offer();
  expect((await call('POST', `${giving}/transfers/${third}/accept`, {})).status).toBe(404);
  expect(await call('POST', `${taking}/transfers/${third}/accept`, { name: `got-${serial}` }, taker)).toEqual({
    status: 200,
    body: { fullName: `${taker.alias}/got-${serial}` },
  });
  expect((await call('GET', at(here()), undefined, taker)).body).toMatchObject({
    fullName: `${taker.alias}/got-${serial}`,
  });
});

test('a deprecation notice is set, shown and removed', async () => {
  const notice = { text: 'Use something else.', successor: 'ghcr.io/acme/app', endsOn: '2027-01-31' };
  expect((await call('PUT', `${at(here())}/deprecation`, notice)).status).toBe(204);
  expect((await call('GET', at(here()))).body).toMatchObject({ deprecation: notice });
  expect((await call('PUT', `${at(here())}/deprecation`, { text: '' })).status).toBe(400);
  expect((await call('DELETE', `${at(here())}/deprecation`)).status).toBe(204);
  expect((await call('GET', at(here()))).body).toMatchObject({ deprecation: null });
});

test('strangers and tokens without the scope change nothing', async () => {
  const narrow = await site.createUser({ scopes: ['api:write', 'repository:*:pull'] });
  for (const user of [taker, narrow]) {
    for (const [method, path, body] of [
      ['PUT', 'name', { name: 'mine' }],
      ['POST', 'transfer', { to: taker.alias }],
      ['PUT', 'deprecation', { text: 'x' }],
      ['DELETE', 'redirect', undefined],
    ] as const) {
      const { status } = await call(method, `${at(here())}/${path}`, body, user);
      expect([403, 404], `${method} ${path}`).toContain(status);
    }
  }
  expect((await call('GET', at(here()))).body).toMatchObject({ fullName: here(), deprecation: null });
});
