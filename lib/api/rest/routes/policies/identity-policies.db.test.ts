import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

let site: TestApp;
let owner: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push,delete'] });
});
afterAll(() => site.close());

async function call(method: string, path: string, policy?: string) {
  const headers = { authorization: `Bearer ${owner.token}` };
  const body = policy === undefined ? {} : { body: JSON.stringify({ policy }) };
  const request = new Request(`http://localhost/api/v1/registries/${path}`, { method, headers, ...body });
  const response = await handleRestRequest(site.app, request);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
}

const textOf = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } });

test('tags of a robot are replaced as a whole', async () => {
  const { registryId, name } = await createTestRobot(site, owner);
  const send = async (method: string, body?: object) => {
    const url = `http://localhost/api/v1/registries/${registryId}/principals/${name}/tags`;
    const headers = { authorization: `Bearer ${owner.token}` };
    const request = new Request(url, { method, headers, body: body ? JSON.stringify(body) : null });
    const response = await handleRestRequest(site.app, request);
    return { status: response.status, body: (await response.json()) as unknown };
  };
  const tags = { team: 'blue', 'cost center': '7' };
  expect(await send('GET')).toEqual({ status: 200, body: { tags: {} } });
  expect(await send('PUT', { tags })).toEqual({ status: 200, body: { tags } });
  expect(await send('GET')).toEqual({ status: 200, body: { tags } });
  expect(await send('PUT', { tags: { 'aws:x': 'y' } })).toMatchObject({
    status: 400,
    body: { errors: { tags: 'Tag keys that begin with aws: are reserved.' } },
  });
  expect(await send('PUT', { tags: { team: 7 } })).toMatchObject({ status: 400 });
  expect(await send('PUT', { tags, more: 1 })).toMatchObject({ status: 400 });
  expect(await send('PUT', { tags: {} })).toEqual({ status: 200, body: { tags: {} } });
});

test('policies of a robot are kept as written and audited', async () => {
  const registryKey = await ensureRegistry(site.app, { caller: owner.caller });
  const { registryId, name } = await createTestRobot(site, owner);
  const policies = `${registryId}/principals/${name}/policies`;
  const right = textOf('ecr:PutImage');
  expect(await call('PUT', `${policies}/ci`, textOf('ecr:PutImge'))).toMatchObject({
    status: 400,
    body: { detail: 'Line 1, column 55: "ecr:PutImge" isn\'t an action of ECR or ECR Public.' },
  });
  expect(await call('PUT', `${policies}/ci`, '{}')).toMatchObject({ status: 400 });
  expect(await call('PUT', `${policies}/a%20b`, right)).toMatchObject({ status: 400 });
  expect(await call('PUT', `${policies}/ci`, right)).toEqual({ status: 200, body: { findings: [] } });
  expect(await call('GET', policies)).toEqual({ status: 200, body: { policies: [{ name: 'ci', policy: right }] } });
  expect(await call('DELETE', `${policies}/ci`)).toMatchObject({ status: 204 });
  expect(await call('DELETE', `${policies}/ci`)).toMatchObject({ status: 404 });
  const events = await site.app.db.auditEvent.findMany({
    where: { registryKey, action: 'member.set-policy' },
    orderBy: { id: 'asc' },
    select: { target: true, before: true, after: true },
  });
  expect(events).toEqual([
    { target: name, before: { name: 'ci', policy: null }, after: { name: 'ci', policy: right } },
    { target: name, before: { name: 'ci', policy: right }, after: { name: 'ci', policy: null } },
  ]);
});
