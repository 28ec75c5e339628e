// Logins at /v2 with a workload's token as the password.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addIdentityProvider } from '#lib/publishers/identity-providers/add-identity-provider.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { startTestIssuer, type TestIssuer } from '#lib/testing/servers/test-issuer.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { createRole } from './create-role.ts';
import { endRoleSessions } from './end-role-sessions.ts';
import { exchangeToken } from './exchange-token.ts';
import { updateRole } from './update-role.ts';

const AUDIENCE = 'registry.example';
const fixture = useRobotSite({ UPSTREAM_NETWORKS: '127.0.0.1/32' });
let at: TestIssuer;
let registryId = '';
let fullName = '';
let role: { caller: typeof fixture.owner.caller; registryKey: bigint; name: string };
beforeAll(async () => {
  at = await startTestIssuer(AUDIENCE);
});
afterAll(() => at.close());
beforeEach(async () => {
  const { app } = fixture.vitrine;
  const { caller, alias } = fixture.owner;
  const { registryKey } = fixture;
  ({ registryId } = await app.db.registry.findUniqueOrThrow({ where: { id: registryKey } }));
  await addIdentityProvider(app, { caller, registryKey, issuer: at.issuer, audiences: [AUDIENCE] });
  const host = at.issuer.replace('http://', '');
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${registryId}:oidc-provider/${host}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${host}:project_id`]: '7' } },
  };
  const trustPolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  role = { caller, registryKey, name: 'ci' };
  const settings = { permission: 'reader' as const, description: '', maxSessionSeconds: 3_600, trustPolicy };
  await createRole(app, { ...role, ...settings, acceptsTokenLogin: true });
  await createRepository(app, { caller, alias, name: 'app', visibility: 'private' });
  fullName = `${alias}/app`;
});

let serial = 0;
const sign = (claims: Record<string, unknown> = {}) =>
  at.sign({ project_id: '7', jti: `token ${(serial += 1)}`, ...claims });

/** Asks for a bearer token as docker does. Returns the grants or the message. */
async function logIn(token: string, { userName = `${registryId}/ci`, scope = `repository:${fullName}:pull` } = {}) {
  const authorization = `Basic ${Buffer.from(`${userName}:${token}`).toString('base64')}`;
  const asked = new URLSearchParams({ scope });
  const response = await fetch(`${fixture.vitrine.url}/token?${asked}`, { headers: { authorization } });
  const body = (await response.json()) as { scope?: string; errors?: { message: string }[] };
  return { status: response.status, text: body.scope ?? body.errors?.[0]?.message ?? '' };
}

const countSessions = () => fixture.vitrine.app.db.accessKey.count({ where: { registryKey: role.registryKey } });
const exchange = (token: string) =>
  exchangeToken(fixture.vitrine.app, {
    token,
    registryId,
    roleName: 'ci',
    sessionName: 'docker',
    context: role.caller.context,
  });

test('a token opens one session, which it stands for while it lasts', async () => {
  const token = await sign();
  const granted = { status: 200, text: `repository:${fullName}:pull` };
  const answers = await Promise.all(Array.from({ length: 6 }, () => logIn(token)));
  expect(answers).toEqual(Array.from({ length: 6 }, () => granted));
  const basic = `Basic ${Buffer.from(`${registryId}/ci:${token}`).toString('base64')}`;
  const list = await fetch(`${fixture.vitrine.url}/v2/${fullName}/tags/list`, { headers: { authorization: basic } });
  expect(list.status).toBe(200);
  expect(await countSessions()).toBe(1);
  const key = await fixture.vitrine.app.db.accessKey.findFirstOrThrow({ where: { registryKey: role.registryKey } });
  expect(key.loginTokenHash).toBe(createHash('sha256').update(token).digest('hex'));
  expect((key.expiresAt?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(900_000);
  expect(key.lastUsedAt).not.toBeNull();

  await endRoleSessions(fixture.vitrine.app, role);
  expect(await logIn(token)).toEqual({ status: 200, text: '' });
  const pushed = await logIn(token, { scope: `repository:${fullName}:pull,push` });
  expect(pushed).toMatchObject({ status: 401, text: expect.stringContaining('was used before') as string });
  expect((await logIn(await sign())).text).toBe(granted.text);
});

test('the permission of the role and the setting decide at once', async () => {
  const { app } = fixture.vitrine;
  const token = await sign();
  const scope = `repository:${fullName}:pull,push`;
  expect((await logIn(token, { scope })).text).toBe(`repository:${fullName}:pull`);
  await updateRole(app, { ...role, permission: 'pusher' });
  expect((await logIn(token, { scope })).text).toBe(`repository:${fullName}:pull,push`);
  await updateRole(app, { ...role, isEnabled: false });
  expect((await logIn(token, { scope })).status).toBe(401);
  await updateRole(app, { ...role, isEnabled: true, acceptsTokenLogin: false });
  const fresh = await logIn(await sign());
  expect(fresh).toMatchObject({
    status: 401,
    text: expect.stringContaining("doesn't accept tokens as passwords") as string,
  });
});

test('a role refuses such logins unless it is told to accept them', async () => {
  const { app } = fixture.vitrine;
  const { trustPolicy } = await app.db.roleTrust
    .findFirstOrThrow({ where: { user: { registryKey: role.registryKey } } })
    .then(({ policy }) => ({ trustPolicy: policy }));
  const settings = { permission: 'reader' as const, description: '', maxSessionSeconds: 3_600, trustPolicy };
  await createRole(app, { ...role, ...settings, name: 'other' });
  expect((await logIn(await sign(), { userName: `${registryId}/other` })).status).toBe(401);
  expect(await countSessions()).toBe(0);
});

test('an exchanged token is no password, and a password can’t be exchanged', async () => {
  const scope = `repository:${fullName}:pull,push`;
  const exchanged = await sign();
  const { username, password } = await exchange(exchanged);
  expect(await logIn(exchanged, { scope })).toMatchObject({
    status: 401,
    text: expect.stringContaining('was used before') as string,
  });
  const token = await sign({ jti: 'both' });
  expect((await logIn(token)).status).toBe(200);
  await expect(exchange(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(await logIn(await sign({ jti: 'both', iat: 1 }), { scope })).toMatchObject({ status: 401 });
  // What the exchange answers takes any user name, also one that looks like a role.
  expect((await logIn(password)).text).toBe(`repository:${fullName}:pull`);
  expect((await logIn(password, { userName: username })).text).toBe(`repository:${fullName}:pull`);
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['without an id', { jti: undefined }, /no id \(jti\)/],
  ['of another project', { project_id: '8' }, /trust policy/],
  ['for somebody else', { aud: 'elsewhere' }, /is for elsewhere/],
  ['of another issuer', { iss: 'https://elsewhere.example' }, /No identity provider/],
])('a token %s is refused with the sentence of the exchange', async (_, claims, message) => {
  const token = await sign(claims);
  const answer = await logIn(token);
  expect(answer).toEqual({ status: 401, text: expect.stringMatching(message) as string });
  await expect(exchange(token)).rejects.toThrow(answer.text);
  expect(await countSessions()).toBe(0);
});

test('an expired token still pulls what is public, and nothing else', async () => {
  const token = await sign({ exp: 1_000 });
  expect(await logIn(token)).toEqual({ status: 200, text: '' });
  expect(await logIn(token, { scope: `repository:${fullName}:pull,push` })).toMatchObject({
    status: 401,
    text: expect.stringContaining('has expired') as string,
  });
});

test('only the role that the user name names is opened', async () => {
  const token = await sign();
  expect((await logIn(token)).status).toBe(200);
  for (const userName of [`${registryId}/cd`, '000000000000/ci', `${registryId}/CI`, 'ci', `${registryId}/`]) {
    expect((await logIn(token, { userName })).status).toBe(401);
  }
});
