import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { handleRestRequest } from './handle-rest-request.ts';

let site: TestApp;
let owner: TestUser;
let image: BuiltManifest;
let fullName = '';
let serial = 0;
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push,delete'] });
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [],
  });
});
afterAll(() => site.close());
beforeEach(async () => {
  fullName = `${owner.alias}/app-${(serial += 1)}`;
  await createDistributionClient(site.url, owner.token).push(fullName, image, ['pr-1', 'pr-2', '1.0']);
});

async function remove(body: unknown, token: string | null = owner.token) {
  const response = await handleRestRequest(
    site.app,
    new Request(`http://localhost/api/v1/repositories/${encodeURIComponent(fullName)}/tags/delete`, {
      method: 'POST',
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    }),
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const at = (...names: string[]) => names.map((name) => ({ name, digest: image.digest }));

test('a dry run by pattern lists tags with their digests, and the answer deletes exactly these', async () => {
  const dry = await remove({ pattern: 'pr-*', dryRun: true });
  expect(dry).toEqual({ status: 200, body: { total: 2, tags: at('pr-1', 'pr-2'), moved: [], missing: [] } });
  expect(await remove({ pattern: 'pr-*', dryRun: true })).toEqual(dry);
  const { tags } = dry.body;
  expect(await remove({ tags })).toEqual({
    status: 200,
    body: { total: 2, tags: at('pr-1', 'pr-2'), moved: [], missing: [] },
  });
  expect(await remove({ tags })).toMatchObject({ status: 200, body: { tags: [], missing: ['pr-1', 'pr-2'] } });
});

test('a tag with another digest stays, one without a digest goes, and a pattern needs no dry run', async () => {
  const other = `sha256:${'0'.repeat(64)}`;
  const answer = await remove({ tags: [{ name: 'pr-1', digest: other }, { name: '1.0' }, { name: 'none' }] });
  expect(answer.body).toEqual({ total: 2, tags: at('1.0'), moved: ['pr-1'], missing: ['none'] });
  expect((await remove({ pattern: '*' })).body).toMatchObject({ tags: at('pr-1', 'pr-2') });
  expect((await remove({ pattern: '*' })).body).toEqual({ total: 0, tags: [], moved: [], missing: [] });
});

test.each([
  ['nothing', {}],
  ['both', { pattern: '*', tags: [{ name: '1.0' }] }],
  ['no tag', { tags: [] }],
  ['a bad pattern', { pattern: 'a b' }],
  ['a bad tag', { tags: [{ name: '../x' }] }],
  ['a bad digest', { tags: [{ name: '1.0', digest: 'x' }] }],
  ['an unknown field', { pattern: '*', force: true }],
  ['too many tags', { tags: Array.from({ length: 1_001 }, (_, i) => ({ name: `t${i}` })) }],
])('rejects %s', async (_what, body) => {
  expect((await remove(body)).status).toBe(400);
});

test('needs the right to delete, and a token that may', async () => {
  expect((await remove({ pattern: '*' }, null)).status).toBe(401);
  const pusher = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push,delete'] });
  const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: owner.alias } });
  const userId = pusher.caller.principal.userId;
  await site.app.db.member.create({ data: { registryKey, userId, role: 'pusher' } });
  const pushOnly = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push'] });
  await site.app.db.member.create({
    data: { registryKey, userId: pushOnly.caller.principal.userId, role: 'owner' },
  });
  for (const { token } of [pusher, pushOnly]) {
    expect((await remove({ pattern: '*', dryRun: true }, token)).status).toBe(403);
    expect((await remove({ pattern: '*' }, token)).status).toBe(403);
  }
});
