import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

const SCOPES = ['api:write', 'repository:*:pull,push,delete'];
let site: TestApp;
let owner: TestUser;
let serial = 0;
let name = '';
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: SCOPES });
});
afterAll(() => site.close());
beforeEach(async () => {
  name = `app-${(serial += 1)}`;
  await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name, visibility: 'private' });
});

async function call(method: string, below = '', { token = owner.token, body }: { token?: string; body?: object } = {}) {
  const url = `http://localhost/api/v1/repositories/${encodeURIComponent(`${owner.alias}/${name}`)}/policy${below}`;
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const response = await handleRestRequest(site.app, request);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
}

const textOf = (Effect: string, Action: string) => JSON.stringify({ Statement: { Effect, Principal: '*', Action } });
const LISTS = textOf('Allow', 'ecr:ListImages');
const CLOSED = textOf('Deny', 'ecr:*');

test('a policy is saved, read, listed and removed', async () => {
  expect(await call('GET')).toEqual({ status: 200, body: { policy: null, revision: 0 } });
  expect(await call('PUT', '', { body: { policy: LISTS } })).toEqual({
    status: 200,
    body: { revision: 1, findings: [] },
  });
  expect(await call('GET')).toEqual({ status: 200, body: { policy: LISTS, revision: 1 } });
  expect(await call('DELETE')).toEqual({ status: 204, body: null });
  expect(await call('DELETE')).toMatchObject({ status: 404 });
  const saved = { savedBy: owner.email, savedAt: expect.any(String) as string };
  expect(await call('GET', '/revisions?limit=1')).toEqual({
    status: 200,
    body: { revisions: [{ revision: 2, policy: null, ...saved }] },
  });
  expect(await call('GET', '/revisions?before=2')).toEqual({
    status: 200,
    body: { revisions: [{ revision: 1, policy: LISTS, ...saved }] },
  });
});

test('warnings come with the answer, errors instead of it', async () => {
  const policy = textOf('Allow', 'ecr-public:PutImage');
  expect(await call('PUT', '', { body: { policy } })).toMatchObject({
    status: 200,
    body: { findings: [{ severity: 'warning', line: 1, column: 48 }] },
  });
  const wrong = 'Line 1, column 48: "ecr:Pull" isn\'t an action of ECR or ECR Public.';
  expect(await call('PUT', '', { body: { policy: textOf('Allow', 'ecr:Pull') } })).toMatchObject({
    status: 400,
    body: { detail: wrong, errors: { policy: wrong } },
  });
  expect(await call('PUT', '', { body: { policy: ' '.repeat(10_241) } })).toMatchObject({ status: 400 });
});

test('an edit of an older revision is refused', async () => {
  await call('PUT', '', { body: { policy: LISTS } });
  const body = { policy: textOf('Allow', 'ecr:PutImage'), editedRevision: 0 };
  expect(await call('PUT', '', { body })).toMatchObject({ status: 409 });
  expect(await call('PUT', '', { body: { ...body, editedRevision: 1 } })).toMatchObject({ status: 200 });
});

test('a lock-out takes force, and an admin undoes it', async () => {
  expect(await call('PUT', '', { body: { policy: CLOSED } })).toMatchObject({ status: 400 });
  expect(await call('PUT', '', { body: { policy: CLOSED, force: true } })).toMatchObject({ status: 200 });
  for (const method of ['GET', 'DELETE']) expect(await call(method)).toMatchObject({ status: 404 });
  const { token } = await site.createUser({ role: 'admin', scopes: SCOPES });
  expect(await call('DELETE', '', { token })).toMatchObject({ status: 204 });
  expect(await call('GET')).toMatchObject({ body: { policy: null } });
});

test('another user gets the answer of a missing repository', async () => {
  await call('PUT', '', { body: { policy: LISTS } });
  const { token } = await site.createUser({ scopes: SCOPES });
  for (const [method, below] of [
    ['GET', ''],
    ['GET', '/revisions'],
    ['PUT', ''],
    ['DELETE', ''],
  ] as const) {
    const asked = { token, ...(method === 'PUT' && { body: { policy: LISTS } }) };
    expect(await call(method, below, asked)).toMatchObject({ status: 404 });
  }
});

test('a token needs push on the repository to change the policy', async () => {
  const scopes = ['api:write', 'repository:*:pull'];
  const { secret: token } = await createAccessToken(site.app, {
    caller: owner.caller,
    name: 'reader',
    scopes,
    expiresInDays: 1,
  });
  expect(await call('GET', '', { token })).toMatchObject({ status: 200 });
  expect((await call('PUT', '', { token, body: { policy: LISTS } })).status).toBeGreaterThanOrEqual(403);
  expect(await call('GET')).toMatchObject({ body: { policy: null } });
});
