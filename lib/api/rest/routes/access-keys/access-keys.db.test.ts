import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CreatedAccessKey } from '#lib/identity/access-keys/insert-access-key.ts';
import type { AccessKeyView } from '#lib/identity/access-keys/list-access-keys.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import type { RegistryRole } from '#lib/access/schema.ts';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

const WHOLE = ['repository:*:pull,push,delete', 'api:write'];

let site: TestApp;
let owner: TestUser;
let reader: TestUser;
let registryId = '';
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());
beforeEach(async () => {
  owner = await site.createUser({ scopes: WHOLE });
  const { registry } = await site.app.db.alias.findUniqueOrThrow({
    where: { name: owner.alias },
    include: { registry: true },
  });
  registryId = registry.registryId;
  reader = await join('reader');
});

async function join(role: RegistryRole): Promise<TestUser> {
  const user = await site.createUser({ scopes: WHOLE });
  const { id } = await site.app.db.registry.findUniqueOrThrow({ where: { registryId } });
  await site.app.db.member.create({ data: { registryKey: id, userId: user.caller.principal.userId, role } });
  return user;
}

async function call({ token }: { token: string }, method: string, below = '', body?: object) {
  const response = await handleRestRequest(
    site.app,
    new Request(`http://localhost/api/v1/registries/${registryId}/access-keys${below}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text ? (JSON.parse(text) as unknown) : null };
}

async function create(user: TestUser): Promise<CreatedAccessKey> {
  const { status, body } = await call(user, 'POST');
  expect(status, JSON.stringify(body)).toBe(201);
  return body as CreatedAccessKey;
}

async function list(user: TestUser): Promise<AccessKeyView[]> {
  return ((await call(user, 'GET')).body as { accessKeys: AccessKeyView[] }).accessKeys;
}

const identify = (key: CreatedAccessKey) => createAwsClients(site.url, key).sts.send(new GetCallerIdentityCommand({}));
const countKeys = () => site.app.db.accessKey.count({ where: { member: { registry: { registryId } } } });

describe('a key', () => {
  test('works, is disabled, enabled and deleted, each at once', async () => {
    const key = await create(owner);
    expect(key.registryId).toBe(registryId);
    expect((await identify(key)).Account).toBe(registryId);
    const at = `/${key.accessKeyId}`;
    expect((await call(owner, 'PATCH', at, { isEnabled: false })).status).toBe(204);
    await expect(identify(key)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    expect((await call(owner, 'PATCH', at, { isEnabled: true })).status).toBe(204);
    expect((await identify(key)).Account).toBe(registryId);
    expect((await call(owner, 'DELETE', at)).status).toBe(204);
    await expect(identify(key)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    expect((await call(owner, 'DELETE', at)).status).toBe(404);
  });

  test('says when, for what and from where it was used last, and never its secret', async () => {
    const key = await create(owner);
    expect(await list(owner)).toMatchObject([{ accessKeyId: key.accessKeyId, lastUsedAt: null }]);
    await identify(key);
    const keys = await list(owner);
    expect(keys).toMatchObject([{ email: owner.email, lastUsedService: 'sts', lastUsedAddress: '127.0.0.1' }]);
    expect(JSON.stringify(keys)).not.toContain(key.secretAccessKey);
  });

  test('is one of at most two for each member', async () => {
    await create(owner);
    await create(owner);
    const third = await call(owner, 'POST');
    expect(third).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Delete one') as string } });
    await create(reader);
  });
});

describe('other members', () => {
  test("an owner sees and ends every member's key", async () => {
    const [own, other] = [await create(owner), await create(reader)];
    expect((await list(owner)).map(({ accessKeyId }) => accessKeyId)).toEqual([other.accessKeyId, own.accessKeyId]);
    expect((await call(owner, 'PATCH', `/${other.accessKeyId}`, { isEnabled: false })).status).toBe(204);
    expect((await call(owner, 'DELETE', `/${other.accessKeyId}`)).status).toBe(204);
    expect((await list(owner)).map(({ accessKeyId }) => accessKeyId)).toEqual([own.accessKeyId]);
  });

  test.each(['maintainer', 'pusher', 'reader'] as const)(
    'a %s sees their own keys only, and a key of another member is like a missing one',
    async (role) => {
      const key = await create(owner);
      const member = await join(role);
      expect(await list(member)).toEqual([]);
      const own = await create(member);
      expect(await list(member)).toMatchObject([{ accessKeyId: own.accessKeyId }]);
      for (const [method, body] of [['PATCH', { isEnabled: false }], ['DELETE']] as const) {
        const [existing, missing] = [
          await call(member, method, `/${key.accessKeyId}`, body),
          await call(member, method, `/AKIA${'A'.repeat(16)}`, body),
        ];
        expect(existing.status).toBe(403);
        expect(existing).toEqual(missing);
      }
      expect((await identify(key)).Account).toBe(registryId);
    },
  );

  test('a stranger finds no registry, and another registry has no such key', async () => {
    const key = await create(owner);
    const stranger = await site.createUser({ scopes: WHOLE });
    for (const [method, below] of [
      ['GET', ''],
      ['POST', ''],
      ['DELETE', `/${key.accessKeyId}`],
    ] as const) {
      expect((await call(stranger, method, below)).status).toBe(404);
    }
    const { registry } = await site.app.db.alias.findUniqueOrThrow({
      where: { name: stranger.alias },
      include: { registry: true },
    });
    ({ registryId } = registry);
    expect((await call(stranger, 'DELETE', `/${key.accessKeyId}`)).status).toBe(404);
    expect((await identify(key)).Account).toBe(key.registryId);
  });

  test('a key ends with the membership', async () => {
    const key = await create(reader);
    const { userId } = reader.caller.principal;
    await site.app.db.member.deleteMany({ where: { userId, registry: { registryId } } });
    await expect(identify(key)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });
});

describe('a narrow access token', () => {
  test.each([
    ['one repository', ['repository:team/app:pull,push,delete', 'api:write']],
    ['pulls only', ['repository:*:pull', 'api:write']],
    ['no deletion', ['repository:*:pull,push', 'api:write']],
    ['read access to the API', ['repository:*:pull,push,delete', 'api:read']],
    ['no access to the API', ['repository:*:pull,push,delete']],
  ])('of %s creates no key', async (_what, scopes) => {
    const { secret } = await createAccessToken(site.app, {
      caller: owner.caller,
      name: 'narrow',
      expiresInDays: 1,
      scopes,
    });
    expect((await call({ token: secret }, 'POST')).status).toBe(403);
    expect(await countKeys()).toBe(0);
  });

  test('gives a key that expires with the token', async () => {
    const key = await create(owner);
    const [view] = await list(owner);
    expect(view?.accessKeyId).toBe(key.accessKeyId);
    const lifetimeMs = new Date(view?.expiresAt ?? 0).getTime() - Date.now();
    expect(lifetimeMs).toBeGreaterThan(23 * 3_600_000);
    expect(lifetimeMs).toBeLessThanOrEqual(24 * 3_600_000);
  });
});

test.each([[{}], [{ isEnabled: 'no' }], [{ isEnabled: null }], [[]]])('refuses the body %j', async (body) => {
  const { accessKeyId } = await create(owner);
  expect((await call(owner, 'PATCH', `/${accessKeyId}`, body)).status).toBe(400);
  expect(await list(owner)).toMatchObject([{ disabledAt: null }]);
});
