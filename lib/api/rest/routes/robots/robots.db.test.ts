// Robots by REST: what their registry's members do with them, and what they do themselves.
import { beforeEach, describe, expect, test } from 'vitest';
import type { RegistryRole } from '#lib/access/schema.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import type { RobotCredentials, RobotView } from '#lib/publishers/robots/robot-queries.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

const WHOLE = ['pull', 'push', 'delete', 'api:write'];

const fixture = useRobotSite();
let registryId = '';
/** The owner's token. */
let token = '';
beforeEach(async () => {
  const { db } = fixture.vitrine.app;
  ({ registryId } = await db.registry.findUniqueOrThrow({ where: { id: fixture.registryKey } }));
  token = await tokenOf(null);
});

/** Returns a token of a new member with this role, or of the owner. */
async function tokenOf(role: RegistryRole | null): Promise<string> {
  const caller = role === null ? fixture.owner.caller : await fixture.join(role);
  const input = { caller, name: 'test', scopes: WHOLE, expiresInDays: 1 };
  return (await createAccessToken(fixture.vitrine.app, input)).secret;
}

async function call(method: string, path: string, { as = token, body }: { as?: string; body?: unknown } = {}) {
  const response = await handleRestRequest(
    fixture.vitrine.app,
    new Request(`http://localhost/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${as}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

const onRobots = (method: string, below = '', options?: Parameters<typeof call>[2]) =>
  call(method, `/registries/${registryId}/robots${below}`, options);
const NEW = { name: 'ci', role: 'pusher', description: 'Pushes.' };

describe('a registry’s robots', () => {
  test('are created, listed, changed and removed', async () => {
    expect(await onRobots('POST', '', { body: NEW })).toMatchObject({ status: 201, body: { ...NEW, registryId } });
    expect((await onRobots('POST', '', { body: NEW })).status).toBe(409);
    const list = async (as = token) => (await onRobots('GET', '', { as })).body['robots'] as RobotView[];
    expect(await list(await tokenOf('reader'))).toMatchObject([{ ...NEW, disabledAt: null, lastUsedAt: null }]);
    expect((await onRobots('PATCH', '/ci', { body: { role: 'reader', isEnabled: false } })).status).toBe(204);
    expect(await list()).toMatchObject([{ ...NEW, role: 'reader', disabledAt: expect.any(String) as string }]);
    expect((await onRobots('DELETE', '/ci')).status).toBe(204);
    expect((await onRobots('DELETE', '/ci')).status).toBe(404);
    expect(await list()).toEqual([]);
  });

  test('get credentials that work until they are ended', async () => {
    await onRobots('POST', '', { body: NEW });
    const { body: key } = await onRobots('POST', '/ci/access-keys');
    const created = await onRobots('POST', '/ci/access-tokens', {
      body: { name: 'runner', scopes: ['push'], expiresInDays: 30 },
    });
    expect(created).toMatchObject({ status: 201, body: { name: 'runner', scopes: ['repository:*:push'] } });
    const secret = created.body['secret'] as string;
    expect(await fixture.logIn(secret)).toBe(200);
    const asKey = { key: key as { accessKeyId: string; secretAccessKey: string } };
    expect((await fixture.identify(asKey)).Arn).toBe(`arn:aws:iam::${registryId}:user/ci`);
    const { accessTokens, accessKeys } = (await onRobots('GET', '/ci/credentials')).body as RobotCredentials;
    expect(JSON.stringify([accessTokens, accessKeys])).not.toContain(secret);
    expect((await onRobots('DELETE', `/ci/access-tokens/${accessTokens[0]?.id}`)).status).toBe(204);
    expect(await fixture.logIn(secret)).toBe(401);
    const at = `/registries/${registryId}/access-keys/${accessKeys[0]?.accessKeyId}`;
    // Those who manage robots manage their keys.
    const maintainer = await tokenOf('maintainer');
    expect((await call('PATCH', at, { as: maintainer, body: { isEnabled: false } })).status).toBe(204);
    await expect(fixture.identify(asKey)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    expect((await call('DELETE', at, { as: await tokenOf('pusher') })).status).toBe(403);
    expect((await call('DELETE', at, { as: maintainer })).status).toBe(204);
  });

  test('are managed by owners and maintainers only, and hidden from others', async () => {
    await onRobots('POST', '', { body: NEW });
    const asks = (as: string) =>
      Promise.all([
        onRobots('GET', '', { as }),
        onRobots('GET', '/ci/credentials', { as }),
        onRobots('POST', '', { as, body: { name: 'two', role: 'reader' } }),
        onRobots('PATCH', '/ci', { as, body: { description: 'x' } }),
        onRobots('POST', '/ci/access-keys', { as }),
        onRobots('POST', '/ci/access-tokens', { as, body: { name: 'x', scopes: ['pull'], expiresInDays: 1 } }),
        onRobots('DELETE', '/ci', { as }),
      ]);
    const statuses = async (as: string) => (await asks(as)).map(({ status }) => status);
    expect(await statuses((await fixture.vitrine.createUser({ scopes: WHOLE })).token)).toEqual(Array(7).fill(404));
    for (const role of ['reader', 'pusher'] as const)
      expect(await statuses(await tokenOf(role))).toEqual([200, ...Array<number>(6).fill(403)]);
    const robot = await createTestRobot(fixture.vitrine, fixture.owner, { role: 'maintainer' });
    expect(await statuses(robot.token)).toEqual([200, ...Array<number>(6).fill(403)]);
    expect((await onRobots('GET', '/ci/credentials', { as: await tokenOf('maintainer') })).status).toBe(200);
  });

  test.each([
    ...[null, [], 'ci', {}, { name: 'ci' }, { name: 7, role: 'reader' }, { name: 'CI', role: 'reader' }],
    ...[
      { name: 'ci', role: 'owner' },
      { name: 'ci', role: 'reader', isAdmin: true },
    ],
    ...[
      { name: 'ci\u0000', role: 'reader' },
      { name: 'ci', role: 'reader', description: 'x'.repeat(5_000) },
    ],
  ])('refuse %j', async (body) => {
    expect((await onRobots('POST', '', { body })).status).toBe(400);
    expect((await onRobots('GET')).body).toEqual({ robots: [] });
  });

  test.each(['CI', '%00', '..%2Fci', 'x'.repeat(500), '%F0%9F%A4%96', "ci'--"])(
    'have no robot named %s',
    async (name) => {
      for (const [method, below] of [
        ['DELETE', ''],
        ['PATCH', ''],
        ['GET', '/credentials'],
        ['POST', '/access-keys'],
      ] as const) {
        const { status } = await onRobots(method, `/${name}${below}`, method === 'PATCH' ? { body: {} } : {});
        expect([400, 404]).toContain(status);
      }
    },
  );
});

describe('a robot', () => {
  test('calls the API within its registry, and sees itself', async () => {
    const robot = await createTestRobot(fixture.vitrine, fixture.owner, { role: 'maintainer' });
    const as = robot.token;
    expect((await call('GET', '/me', { as })).body).toMatchObject({
      user: { id: robot.userId, email: `robot:${registryId}/${robot.name}`, displayName: robot.name, role: 'user' },
      registries: [{ registryId, role: 'maintainer' }],
    });
    const body = { fullName: `${fixture.owner.alias}/app`, visibility: 'private' };
    const created = await call('POST', '/repositories', { as, body });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    const other = await fixture.vitrine.createUser();
    const elsewhere = { fullName: `${other.alias}/app`, visibility: 'private' };
    expect((await call('POST', '/repositories', { as, body: elsewhere })).status).toBe(403);
  });

  test('has no account', async () => {
    const { token: as } = await createTestRobot(fixture.vitrine, fixture.owner, { role: 'maintainer' });
    const asks: [string, string, unknown?][] = [
      ['GET', '/me/tokens'],
      ['GET', '/me/sessions'],
      ['GET', '/me/notifications'],
      ['GET', '/me/following'],
      ['PUT', '/me/digest', { period: 'daily' }],
      ['PUT', '/me/feed-url'],
      ['POST', '/registries', { displayName: 'Mine' }],
      ['PUT', '/me/default-registry', { registryId }],
      ['POST', '/invitations/accept', { secret: 'x' }],
      ['POST', `/registries/${registryId}/leave`],
      ['POST', `/registries/${registryId}/invitations`, { email: 'a@example.org', role: 'reader' }],
      ['POST', `/registries/${registryId}/access-keys`],
      ['GET', '/admin/users'],
    ];
    for (const [method, path, body] of asks)
      expect((await call(method, path, { as, body })).status, `${method} ${path}`).toBe(403);
    expect(await call('GET', '/me/tokens', { as })).toMatchObject({
      body: { detail: 'Robots and roles can’t do this. Use the account of a person.' },
    });
  });

  test('reads with a token that only reads, and changes nothing', async () => {
    const robot = await createTestRobot(fixture.vitrine, fixture.owner, { role: 'maintainer' });
    const at = `/${robot.name}/access-tokens`;
    const { body } = await onRobots('POST', at, {
      body: { name: 'r', scopes: ['pull', 'api:read'], expiresInDays: 1 },
    });
    const as = body['secret'] as string;
    expect((await call('GET', `/registries/${registryId}/settings`, { as })).status).toBe(200);
    const change = await call('PATCH', `/registries/${registryId}/settings`, { as, body: {} });
    expect(change.status).toBe(403);
  });
});
