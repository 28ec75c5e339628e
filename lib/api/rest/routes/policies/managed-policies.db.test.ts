// Managed policies, and policies of teams, by REST.
import { beforeEach, expect, test } from 'vitest';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

const fixture = useRobotSite();
let at = '';
let registryId = '';
let token = '';
beforeEach(async () => {
  const { app } = fixture.vitrine;
  const { caller } = fixture.owner;
  ({ registryId } = await app.db.registry.findUniqueOrThrow({ where: { id: fixture.registryKey } }));
  at = `/registries/${registryId}`;
  const scopes = ['pull', 'push', 'delete', 'api:write'];
  token = (await createAccessToken(app, { caller, name: 'test', scopes, expiresInDays: 1 })).secret;
});

async function call(method: string, path: string, body?: unknown) {
  const response = await handleRestRequest(
    fixture.vitrine.app,
    new Request(`http://localhost/api/v1${at}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

const textOf = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } });
const READ = textOf('ecr:ListImages');
const PUSH = textOf('ecr:PutImage');
const PULL_ONLY = 'aws:AmazonEC2ContainerRegistryPullOnly';

test('an owner creates a policy, changes its version, attaches and deletes it', async () => {
  const arn = `arn:aws:iam::${registryId}:policy/ci`;
  const created = { name: 'ci', description: 'For CI.', policy: READ };
  expect(await call('POST', '/policies', created)).toEqual({ status: 201, body: { name: 'ci', arn, findings: [] } });
  expect((await call('POST', '/policies', created)).status).toBe(409);
  expect(await call('POST', '/policies', { ...created, policy: textOf('ecr:PutImge') })).toMatchObject({
    status: 400,
    body: { detail: 'Line 1, column 55: "ecr:PutImge" isn\'t an action of ECR or ECR Public.' },
  });
  expect((await call('POST', '/policies/ci/versions', { policy: PUSH })).body).toEqual({ version: 2, findings: [] });
  expect((await call('PATCH', '/policies/ci', { defaultVersion: 2 })).status).toBe(204);
  expect((await call('PATCH', '/policies/ci', { defaultVersion: 3 })).status).toBe(404);
  expect((await call('PATCH', '/policies/ci', { name: 'other' })).status).toBe(400);
  expect((await call('GET', '/policies/ci/versions')).body).toMatchObject({
    versions: [
      { version: 2, isDefault: true, policy: PUSH },
      { version: 1, isDefault: false, policy: READ, savedBy: fixture.owner.email },
    ],
  });
  expect((await call('GET', '/policies/ci/versions/1')).body).toMatchObject({ version: 1, policy: READ });
  for (const version of ['3', 'x', '-1', '1e99']) {
    expect((await call('GET', `/policies/ci/versions/${version}`)).status).toBe(404);
  }
  expect((await call('DELETE', '/policies/ci/versions/2')).status).toBe(409);
  expect((await call('DELETE', '/policies/ci/versions/1')).status).toBe(204);

  const robot = await createTestRobot(fixture.vitrine, fixture.owner, { role: 'none' });
  const attached = `/principals/${robot.name}/attached-policies`;
  expect((await call('PUT', `${attached}/ci`)).status).toBe(204);
  const person = encodeURIComponent(fixture.owner.email);
  expect((await call('PUT', `/principals/${person}/attached-policies/${PULL_ONLY}`)).status).toBe(204);
  expect((await call('GET', attached)).body).toEqual({
    policies: [{ reference: 'ci', name: 'ci', arn, isAws: false }],
  });
  expect((await call('GET', '/policies/ci')).body).toMatchObject({
    arn,
    description: 'For CI.',
    defaultVersion: 2,
    attachmentCount: 1,
    attachments: [{ kind: 'robot', principal: robot.name, name: robot.name }],
  });
  expect((await call('DELETE', '/policies/ci')).status).toBe(409);
  expect((await call('DELETE', `${attached}/ci`)).status).toBe(204);
  expect((await call('DELETE', `${attached}/ci`)).status).toBe(404);
  expect((await call('DELETE', '/policies/ci')).status).toBe(204);
  expect((await call('GET', '/policies/ci')).status).toBe(404);
});

test('policies of AWS are read, and not changed', async () => {
  const { policies } = (await call('GET', '/policies')).body as { policies: { reference: string; isAws: boolean }[] };
  expect(policies.filter(({ isAws }) => isAws)).toHaveLength(7);
  expect((await call('GET', `/policies/${PULL_ONLY}`)).body).toMatchObject({
    arn: 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly',
    createdAt: null,
    versions: [{ version: 1, isDefault: true, savedBy: null }],
  });
  for (const [method, path, body] of [
    ['PATCH', `/policies/${PULL_ONLY}`, { description: 'x' }],
    ['POST', `/policies/${PULL_ONLY}/versions`, { policy: PUSH }],
    ['DELETE', `/policies/${PULL_ONLY}/versions/1`, undefined],
    ['DELETE', `/policies/${PULL_ONLY}`, undefined],
  ] as const)
    expect((await call(method, path, body)).status).toBe(404);
});

test('a team gets policies of its own and managed ones', async () => {
  await call('POST', '/teams', { name: 'release' });
  expect((await call('PUT', '/teams/release/policies/own', { policy: PUSH })).body).toEqual({ findings: [] });
  expect((await call('PUT', '/teams/nobody/policies/own', { policy: PUSH })).status).toBe(404);
  expect((await call('GET', '/teams/release/policies')).body).toEqual({ policies: [{ name: 'own', policy: PUSH }] });
  expect((await call('PUT', `/teams/release/attached-policies/${PULL_ONLY}`)).status).toBe(204);
  expect((await call('PUT', '/teams/release/attached-policies/ci')).status).toBe(404);
  expect((await call('GET', '/teams/release/attached-policies')).body).toMatchObject({
    policies: [{ reference: PULL_ONLY, isAws: true }],
  });
  expect((await call('DELETE', `/teams/release/attached-policies/${PULL_ONLY}`)).status).toBe(204);
  expect((await call('DELETE', '/teams/release/policies/own')).status).toBe(204);
  expect((await call('DELETE', '/teams/release/policies/own')).status).toBe(404);
});
