import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

const SCOPES = ['api:write', 'repository:*:pull,push,delete'];

let site: TestApp;
let owner: TestUser;
let registryId: string;
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: SCOPES });
  const id = await ensureRegistry(site.app, { caller: owner.caller });
  ({ registryId } = await site.app.db.registry.findUniqueOrThrow({ where: { id } }));
});
afterAll(() => site.close());

async function call(method: string, below = '', { token = owner.token, body }: { token?: string; body?: object } = {}) {
  const url = `http://localhost/api/v1/registries/${registryId}/policy${below}`;
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const response = await handleRestRequest(site.app, request);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
}

const textOf = (Effect: string, Action: string) =>
  JSON.stringify({ Statement: { Effect, Principal: '*', Action, Resource: '*' } });
const LISTS = textOf('Allow', 'ecr:ListImages');
const CLOSED = textOf('Deny', 'ecr:*');

test('a policy is saved, read, listed and removed', async () => {
  expect(await call('GET')).toEqual({ status: 200, body: { policy: null, scope: 'V2', revision: 0 } });
  const saved = { status: 200, body: { revision: 1, findings: [] } };
  expect(await call('PUT', '', { body: { policy: LISTS } })).toEqual(saved);
  expect(await call('PUT', '/scope', { body: { scope: 'V1' } })).toEqual({ status: 204, body: null });
  expect(await call('PUT', '/scope', { body: { scope: 'V3' } })).toMatchObject({ status: 400 });
  expect(await call('GET')).toEqual({ status: 200, body: { policy: LISTS, scope: 'V1', revision: 1 } });
  await call('PUT', '/scope', { body: { scope: 'V2' } });
  expect(await call('PUT', '', { body: { policy: LISTS, editedRevision: 0 } })).toMatchObject({ status: 409 });
  expect(await call('DELETE')).toEqual({ status: 204, body: null });
  expect(await call('DELETE')).toMatchObject({ status: 404 });
  const by = { savedBy: owner.email, savedAt: expect.any(String) as string };
  expect(await call('GET', '/revisions')).toEqual({
    status: 200,
    body: {
      revisions: [
        { revision: 2, policy: null, ...by },
        { revision: 1, policy: LISTS, ...by },
      ],
    },
  });
  const wrong = await call('PUT', '', { body: { policy: LISTS.replace(',"Resource":"*"', '') } });
  expect(wrong).toMatchObject({ status: 400, body: { detail: expect.stringContaining('Add Resource') as string } });
});

test('a lock-out takes force, and an admin undoes it', async () => {
  expect(await call('PUT', '', { body: { policy: CLOSED } })).toMatchObject({ status: 400 });
  expect(await call('PUT', '', { body: { policy: CLOSED, force: true } })).toMatchObject({ status: 200 });
  for (const method of ['GET', 'DELETE']) expect(await call(method)).toMatchObject({ status: 403 });
  const { token } = await site.createUser({ role: 'admin', scopes: SCOPES });
  expect(await call('DELETE', '', { token })).toMatchObject({ status: 204 });
  expect(await call('GET')).toMatchObject({ body: { policy: null } });
});

test('another user gets the answer of a missing registry', async () => {
  const { token } = await site.createUser({ scopes: SCOPES });
  for (const [method, below, body] of [
    ['GET', '', undefined],
    ['GET', '/revisions', undefined],
    ['PUT', '', { policy: LISTS }],
    ['PUT', '/scope', { scope: 'V1' }],
    ['DELETE', '', undefined],
  ] as const) {
    expect(await call(method, below, { token, ...(body && { body }) })).toMatchObject({ status: 404 });
  }
});

test('a token for some repositories doesn’t reach it', async () => {
  const scopes = ['api:write', 'repository:*/team/*:pull,push,delete'];
  const asked = { caller: owner.caller, name: 'team', scopes, expiresInDays: 1 };
  const { secret: token } = await createAccessToken(site.app, asked);
  expect((await call('PUT', '', { token, body: { policy: LISTS } })).status).toBeGreaterThanOrEqual(403);
  expect(await call('GET')).toMatchObject({ body: { policy: null } });
});
