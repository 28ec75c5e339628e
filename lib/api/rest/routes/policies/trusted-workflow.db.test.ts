import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

const WORKFLOW = 'acme/web/.github/workflows/publish.yml@refs/heads/main';
const CHOICE = { repositoryId: '42', workflow: WORKFLOW };
const SAVED = { issuer: 'https://token.actions.githubusercontent.com', ...CHOICE };
const LISTS = { Sid: 'OnlyThisWorkflow', Effect: 'Allow', Principal: '*', Action: 'ecr:ListImages' };

let site: TestApp;
let owner: TestUser;
let serial = 0;
let fullName = '';
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push,delete'] });
});
afterAll(() => site.close());
beforeEach(async () => {
  const name = `app-${(serial += 1)}`;
  fullName = `${owner.alias}/${name}`;
  await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name, visibility: 'private' });
});

async function call(method: string, of: 'policy' | 'trusted-workflow', body?: object, token = owner.token) {
  const url = `http://localhost/api/v1/repositories/${encodeURIComponent(fullName)}/${of}`;
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const response = await handleRestRequest(site.app, request);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) };
}

async function readPolicy() {
  const { body } = await call('GET', 'policy');
  return body?.['policy'] == null ? null : (JSON.parse(body['policy'] as string) as { Statement: object[] });
}

test('a workflow is set, replaced and removed, and the policy goes with it', async () => {
  expect(await call('GET', 'trusted-workflow')).toEqual({ status: 200, body: { trustedWorkflow: null } });
  expect(await call('DELETE', 'trusted-workflow')).toMatchObject({ status: 404 });
  expect(await call('PUT', 'trusted-workflow', CHOICE)).toEqual({ status: 200, body: SAVED });
  const trustedWorkflow = { ...SAVED, isInEffect: true };
  expect(await call('GET', 'trusted-workflow')).toEqual({ status: 200, body: { trustedWorkflow } });
  const gitlab = {
    repositoryId: '7',
    workflow: 'gitlab.example/a/b//ci.yml@refs/tags/v*',
    issuer: 'https://gitlab.example',
  };
  expect(await call('PUT', 'trusted-workflow', gitlab)).toEqual({ status: 200, body: gitlab });
  expect((await readPolicy())?.Statement).toMatchObject([
    { Condition: { StringNotEquals: { 'vitrine:claim/iss': 'https://gitlab.example' } } },
    { Condition: { StringNotEquals: { 'vitrine:claim/project_id': '7' } } },
    { Condition: { StringNotLike: { 'vitrine:claim/ci_config_ref_uri': gitlab.workflow } } },
  ]);
  expect(await call('DELETE', 'trusted-workflow')).toEqual({ status: 204, body: null });
  expect(await readPolicy()).toBeNull();
  const events = await site.app.db.auditEvent.count({ where: { action: 'repository.set-policy', target: fullName } });
  expect(events).toBe(3);
});

test('the other statements of the policy stay as they are', async () => {
  const before = { Version: '2012-10-17', Id: 'mine', Statement: LISTS };
  await call('PUT', 'policy', { policy: JSON.stringify(before) });
  await call('PUT', 'trusted-workflow', CHOICE);
  const policy = await readPolicy();
  expect(policy).toMatchObject({ Version: '2012-10-17', Id: 'mine' });
  expect(policy?.Statement[0]).toEqual(LISTS);
  expect(policy?.Statement.map((one) => (one as { Sid: string }).Sid)).toEqual([
    ...['OnlyThisWorkflow', 'OnlyThisIssuer', 'OnlyThisRepository', 'OnlyThisWorkflow2'],
  ]);
  await call('DELETE', 'trusted-workflow');
  expect(await readPolicy()).toEqual({ ...before, Statement: [LISTS] });
});

test('a changed visibility puts it out of effect until it is saved again', async () => {
  await call('PUT', 'trusted-workflow', CHOICE);
  await updateCatalogData(site.app, { caller: owner.caller, fullName, catalogData: {}, visibility: 'public' });
  expect(await call('GET', 'trusted-workflow')).toMatchObject({ body: { trustedWorkflow: { isInEffect: false } } });
  await call('PUT', 'trusted-workflow', CHOICE);
  expect(await call('GET', 'trusted-workflow')).toMatchObject({ body: { trustedWorkflow: { isInEffect: true } } });
  expect((await readPolicy())?.Statement).toHaveLength(3);
});

test('wrong input and strangers change nothing', async () => {
  for (const wrong of [{ workflow: 'publish.yml' }, { repositoryId: 'acme/web' }, { issuer: 'x' }, { more: 1 }]) {
    expect(await call('PUT', 'trusted-workflow', { ...CHOICE, ...wrong })).toMatchObject({ status: 400 });
  }
  const { token } = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push,delete'] });
  for (const [method, body] of [['GET'], ['PUT', CHOICE], ['DELETE']] as const) {
    expect(await call(method, 'trusted-workflow', body, token)).toMatchObject({ status: 404 });
  }
  expect(await readPolicy()).toBeNull();
});

test('a policy that would get too long is refused', async () => {
  const Statement = { ...LISTS, Sid: 'x'.repeat(9_900) };
  await call('PUT', 'policy', { policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
  expect(await call('PUT', 'trusted-workflow', CHOICE)).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('at most 10240 characters') as string },
  });
});
