// The life of a mirror through the API alone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RegistryRole } from '#lib/access/schema.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import type { TestUser } from '#lib/testing/create-test-app.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { handleRestRequest } from './handle-rest-request.ts';

let site: MirrorSite;
let owner: TestUser;
let registryId: string;
beforeAll(async () => {
  site = await createMirrorSite();
  owner = await site.createUser({ scopes: ['push', 'delete', 'api:write'] });
  registryId = (await findRegistry()).registryId;
  const platform = { os: 'linux', architecture: 'amd64' };
  const layers = [[{ path: 'hello', content: 'hello' }]];
  const image = await buildImage({ platform, layers, created: '2026-01-01T00:00:00Z' });
  site.upstream.content.add('acme/team/app', image, 'latest');
});
afterAll(() => site.close());

async function findRegistry(): Promise<{ id: bigint; registryId: string }> {
  const where = { aliases: { some: { name: owner.alias } } };
  return site.app.db.registry.findFirstOrThrow({ where, select: { id: true, registryId: true } });
}

async function call(user: TestUser, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${user.token}` };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await handleRestRequest(site.app, new Request(`http://localhost/api/v1${path}`, init));
  const text = await response.text();
  return { status: response.status, text, json: (text ? JSON.parse(text) : null) as Record<string, unknown> | null };
}

const at = (path: string) => `/registries/${registryId}${path}`;
const PASSWORD = 'a password of the upstream';
const credentials = { username: 'reader', password: PASSWORD };

test('a mirror can be created, checked, pulled from, pinned and removed without disclosing its password', async () => {
  const upstream = { host: site.upstream.host, isPlainHttp: true, ...credentials, tagTtlSeconds: 60 };
  const put = await call(owner, 'PUT', at('/mirrors/team%2Fapp'), { upstream, upstreamName: 'acme/team/app' });
  expect(put.status, put.text).toBe(204);
  const check = await call(owner, 'POST', at('/mirrors/team%2Fapp/check'));
  expect(check.json).toEqual({ problem: null, tag: 'latest' });
  const pull = await site.anybody.send('GET', `/v2/${owner.alias}/team/app/manifests/latest`);
  expect(pull.status).toBe(200);
  await site.app.pullCounter.flush();
  await site.app.upstream.stats.flush();
  expect((await call(owner, 'PUT', at('/mirrors/team%2Fapp/pin'))).status).toBe(204);
  const { json } = await call(owner, 'GET', at('/mirrors?limit=1'));
  const mirror = { name: 'team/app', upstreamHost: site.upstream.host, upstreamName: 'acme/team/app' };
  expect(json).toMatchObject({ total: 1, mirrors: [{ ...mirror, isPinned: true, tagCount: 1, pullCount: 1 }] });
  expect((await call(owner, 'DELETE', at('/mirrors/team%2Fapp/pin'))).status).toBe(204);
  const upstreams = await call(owner, 'GET', at('/upstreams'));
  const stats = { pulls: 1, hitRate: 0, failures: 0 };
  expect(upstreams.json).toMatchObject({
    upstreams: [{ username: 'reader', tagTtlSeconds: 60, problem: null, mirrorCount: 1, stats }],
  });
  expect(upstreams.text).not.toContain(PASSWORD);

  await site.upstream.stopListening();
  const failed = await call(owner, 'POST', at('/mirrors/team%2Fapp/check'));
  expect(failed.json?.problem).toContain("can't be reached from here");
  await site.upstream.listenAgain();
  expect((await call(owner, 'DELETE', at(`/upstreams/${site.upstream.host}`))).status).toBe(409);
  expect((await call(owner, 'DELETE', at('/mirrors/team%2Fapp'))).status).toBe(204);
  expect((await call(owner, 'DELETE', at(`/upstreams/${site.upstream.host}`))).status).toBe(204);
  expect((await call(owner, 'POST', at('/mirrors/team%2Fapp/check'))).status).toBe(404);
});

test('callers without a managing role change nothing', async () => {
  const upstream = { host: site.upstream.host, isPlainHttp: true };
  const body = { upstream, upstreamName: 'acme/team/app' };
  expect((await call(owner, 'PUT', at('/mirrors/app'), body)).status).toBe(204);
  const member = async (role: RegistryRole) => {
    const user = await site.createUser({ scopes: ['push', 'delete', 'api:write'] });
    const { id } = await findRegistry();
    await site.app.db.member.create({ data: { registryKey: id, userId: user.caller.principal.userId, role } });
    return user;
  };
  const stranger = await site.createUser({ scopes: ['push', 'delete', 'api:write'] });
  for (const user of [await member('pusher'), await member('reader'), stranger]) {
    const refused = user === stranger ? 404 : 403;
    for (const [method, path] of [
      ['PUT', '/mirrors/app/pin'],
      ['DELETE', '/mirrors/app/pin'],
      ['POST', '/mirrors/app/check'],
      ['DELETE', '/mirrors/app'],
      ['DELETE', `/upstreams/${site.upstream.host}`],
    ] as const)
      expect((await call(user, method, at(path))).status, `${method} ${path}`).toBe(refused);
  }
  expect((await call(owner, 'GET', at('/mirrors'))).json).toMatchObject({ total: 1 });
});

test('bad input names its field', async () => {
  const put = (name: string, body: object) => call(owner, 'PUT', at(`/mirrors/${name}`), body);
  const upstream = { host: 'registry.example.org' };
  expect((await put('app2', { upstream: { host: 'https://x/y' }, upstreamName: 'a/b' })).json).toMatchObject({
    errors: { host: expect.stringContaining('Enter a host name') as string },
  });
  expect((await put('UPPER', { upstream, upstreamName: 'acme/app' })).status).toBe(400);
  expect((await put('app2', { upstream, upstreamName: '../x' })).json).toHaveProperty('errors.upstreamName');
  const hasty = { upstream: { ...upstream, tagTtlSeconds: -1 }, upstreamName: 'acme/app' };
  expect((await put('app2', hasty)).json).toMatchObject({
    errors: { 'upstream.tagTtlSeconds': 'Enter zero or more.' },
  });
  expect((await put('app2', { upstream: { ...upstream, username: 'x' }, upstreamName: 'a/b' })).json).toHaveProperty(
    'errors.password',
  );
});

test('an admin can route docker.io to a mirrored registry and undo it', async () => {
  const admin = await site.createUser({ role: 'admin', scopes: ['push', 'delete', 'api:write'] });
  const route = '/admin/mirror-routes/docker.io';
  expect((await call(admin, 'PUT', route, { alias: owner.alias })).status).toBe(409);
  const mirror = { upstream: { host: site.upstream.host, isPlainHttp: true }, prefix: 'acme' };
  expect((await call(owner, 'PUT', at('/mirror'), mirror)).status).toBe(204);
  expect((await call(admin, 'PUT', route, { alias: owner.alias })).status).toBe(204);
  expect((await call(admin, 'PUT', '/admin/mirror-routes/*', { alias: owner.alias })).status).toBe(204);
  const row = { alias: owner.alias, upstreamHost: site.upstream.host };
  const { json } = await call(admin, 'GET', '/admin/mirror-routes');
  expect(json).toEqual({
    routes: [
      { host: '*', ...row },
      { host: 'docker.io', ...row },
    ],
  });
  const own = { host: site.upstream.host, prefix: 'acme', answersFor: ['*', 'docker.io'] };
  expect((await call(owner, 'GET', at('/mirror'))).json).toEqual({ mirror: own });
  expect((await call(owner, 'DELETE', at('/mirror'))).status).toBe(409);
  expect((await site.anybody.send('GET', '/v2/team/app/manifests/latest?ns=docker.io')).status).toBe(200);
  for (const host of ['docker.io', '*']) {
    expect((await call(admin, 'DELETE', `/admin/mirror-routes/${host}`)).status).toBe(204);
    expect((await call(admin, 'DELETE', `/admin/mirror-routes/${host}`)).status).toBe(404);
  }
  expect((await call(owner, 'DELETE', at('/mirror'))).status).toBe(204);
  expect((await call(admin, 'GET', '/admin/upstreams')).json).toHaveProperty('upstreams');
});
