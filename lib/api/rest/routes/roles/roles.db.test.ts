// Roles and identity providers by REST, and the exchange of a token for a docker login.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { startTestIssuer, type TestIssuer } from '#lib/testing/servers/test-issuer.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

const AUDIENCE = 'registry.example';
const fixture = useRobotSite({ UPSTREAM_NETWORKS: '127.0.0.1/32' });
let at: TestIssuer;
let registryId = '';
let token = '';
beforeAll(async () => {
  at = await startTestIssuer(AUDIENCE);
});
afterAll(() => at.close());
beforeEach(async () => {
  const { db } = fixture.vitrine.app;
  ({ registryId } = await db.registry.findUniqueOrThrow({ where: { id: fixture.registryKey } }));
  const input = { caller: fixture.owner.caller, name: 'test', scopes: ['pull', 'push', 'delete', 'api:write'] };
  token = (await createAccessToken(fixture.vitrine.app, { ...input, expiresInDays: 1 })).secret;
});

async function call(method: string, path: string, { as = token, body }: { as?: string | null; body?: unknown } = {}) {
  const response = await handleRestRequest(
    fixture.vitrine.app,
    new Request(`http://localhost/api/v1${path}`, {
      method,
      headers: as === null ? {} : { authorization: `Bearer ${as}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

const below = (path: string) => `/registries/${registryId}${path}`;
const trust = (claim: string, value: string) => {
  const host = at.issuer.replace('http://', '');
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${registryId}:oidc-provider/${host}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${host}:${claim}`]: value } },
      },
    ],
  });
};
const setProvider = () =>
  call('PUT', below('/identity-providers'), { body: { issuer: at.issuer, audiences: [AUDIENCE] } });

test('a role and its identity provider are created, listed, changed and removed', async () => {
  expect(await setProvider()).toMatchObject({ status: 200, body: { issuer: at.issuer } });
  const role = { name: 'deploy', permission: 'pusher', description: 'Deploys.', trustPolicy: trust('project_id', '7') };
  const arn = `arn:aws:iam::${registryId}:role/deploy`;
  expect(await call('POST', below('/roles'), { body: role })).toMatchObject({ status: 201, body: { arn } });
  expect((await call('POST', below('/roles'), { body: role })).status).toBe(409);
  const wrong = { ...role, name: 'wrong', trustPolicy: '{}' };
  expect((await call('POST', below('/roles'), { body: wrong })).status).toBe(400);
  expect((await call('PATCH', below('/roles/deploy'), { body: { permission: 'reader' } })).status).toBe(204);
  const listed = await call('GET', below('/roles'));
  expect(listed.body).toMatchObject({
    roles: [{ ...role, permission: 'reader', arn, maxSessionSeconds: 3_600, sessions: 0 }],
  });
  expect((await call('GET', below('/identity-providers'))).body).toMatchObject({
    identityProviders: [{ issuer: at.issuer, audiences: [AUDIENCE], hasKeys: false }],
  });
  expect((await call('DELETE', below('/roles/deploy'))).status).toBe(204);
  expect((await call('DELETE', below('/roles/deploy'))).status).toBe(404);
  const removal = below(`/identity-providers?issuer=${encodeURIComponent(at.issuer)}`);
  expect((await call('DELETE', removal)).status).toBe(204);
  expect((await call('DELETE', removal)).status).toBe(404);
});

test('a token that could not do what a role may can not create one', async () => {
  const input = { caller: fixture.owner.caller, name: 'narrow', scopes: ['api:write'], expiresInDays: 1 };
  const { secret } = await createAccessToken(fixture.vitrine.app, input);
  const provider = { issuer: at.issuer, audiences: [AUDIENCE] };
  const answer = await call('PUT', below('/identity-providers'), { as: secret, body: provider });
  expect(answer).toMatchObject({
    status: 403,
    body: { detail: expect.stringContaining('pull, push and delete') as string },
  });
});

test('a token is exchanged once for a docker login that pulls', async () => {
  await setProvider();
  const role = { name: 'ci', permission: 'reader', trustPolicy: trust('project_id', '7') };
  await call('POST', below('/roles'), { body: role });
  const { app, url } = fixture.vitrine;
  const { caller, alias } = fixture.owner;
  await createRepository(app, { caller, alias, name: 'exchanged', visibility: 'private' });
  const arn = `arn:aws:iam::${registryId}:role/ci`;
  const exchange = (given: string) => call('POST', '/oidc/exchange', { as: null, body: { token: given, role: arn } });
  const good = await at.sign({ project_id: '7', jti: 'one' });
  const exchanged = await exchange(good);
  expect(exchanged).toMatchObject({ status: 200, body: { username: 'AWS' } });
  const end = Date.parse(String(exchanged.body['expiresAt']));
  expect(end - Date.now()).toBeLessThanOrEqual(900_000);
  const authorization = `Basic ${Buffer.from(`AWS:${String(exchanged.body['password'])}`).toString('base64')}`;
  const list = await fetch(`${url}/v2/${alias}/exchanged/tags/list`, { headers: { authorization } });
  expect(list.status).toBe(200);
  const push = await fetch(`${url}/v2/${alias}/exchanged/blobs/uploads/`, {
    method: 'POST',
    headers: { authorization },
  });
  expect(push.status).toBe(403);
  const refused: [string, number, RegExp][] = [
    [good, 401, /was used before/],
    [await at.sign({ project_id: '7' }), 401, /no id \(jti\)/],
    [await at.sign({ project_id: '8', jti: 'two' }), 403, /trust policy/],
    [await at.sign({ project_id: '7', jti: 'three', exp: 1_000 }), 401, /has expired/],
    ['nothing', 401, /not a JSON Web Token/],
  ];
  for (const [given, status, message] of refused) {
    const answer = await exchange(given);
    expect(answer.status).toBe(status);
    expect(String(answer.body['detail'])).toMatch(message);
  }
  const wrongRole = await call('POST', '/oidc/exchange', { as: null, body: { token: good, role: 'ci' } });
  expect(wrongRole.status).toBe(400);
});
