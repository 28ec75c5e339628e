// The gallery through the API: what anonymous callers and members see, and caching headers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { rebuildSearch } from '#lib/gallery/rebuild-search.ts';
import { buildImage, buildIndex } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { handleRestRequest } from './handle-rest-request.ts';

let site: TestApp;
let owner: TestUser;
let stranger: TestUser;
let index: ReturnType<typeof buildIndex>;
const HOSTILE = ']]></script><script>alert(1)</script>\u202e';

const call = (path: string, init: { token?: string; etag?: string; changes?: object } = {}) =>
  handleRestRequest(
    site.app,
    new Request(`http://localhost/api/v1${path}`, {
      ...(init.changes && { method: 'PATCH', body: JSON.stringify(init.changes) }),
      headers: {
        ...(init.token && { authorization: `Bearer ${init.token}` }),
        ...(init.etag && { 'if-none-match': init.etag }),
      },
    }),
  );
const read = async (path: string, token?: string) =>
  (await (await call(path, { ...(token && { token }) })).json()) as Record<string, unknown>;
const repository = (name: string) => `/repositories/${encodeURIComponent(`${owner.alias}/${name}`)}`;

beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: ['push', 'api:read', 'api:write'] });
  stranger = await site.createUser({ scopes: ['api:read'] });
  const image = (architecture: string) =>
    buildImage({ platform: { os: 'linux', architecture }, created: '2026-03-04T05:06:07Z', layers: [] });
  index = buildIndex([
    { platform: { os: 'linux', architecture: 'amd64' }, image: await image('amd64') },
    { platform: { os: 'linux', architecture: 'arm64' }, image: await image('arm64') },
  ]);
  const client = createDistributionClient(site.url, owner.token);
  await client.push(`${owner.alias}/tools/app`, index, ['1.0', 'latest']);
  await client.push(`${owner.alias}/tools/app`, await image('arm'), ['latest']);
  await client.push(`${owner.alias}/secret`, index, ['latest']);
  const secret = await findRepository(site.app, `${owner.alias}/secret`);
  await site.app.db.repository.update({ where: { id: secret?.id ?? 0n }, data: { visibility: 'private' } });
  const app = await findRepository(site.app, `${owner.alias}/tools/app`);
  await site.app.db.repository.update({ where: { id: app?.id ?? 0n }, data: { description: HOSTILE } });
  const pulled = { repositoryId: app?.id ?? 0n, digest: `sha256:${'0'.repeat(64)}`, userId: null };
  site.app.pullCounter.count({ ...pulled, tag: 'latest' });
  site.app.pullCounter.count({ ...pulled, tag: null });
  await site.app.pullCounter.flush();
});
afterAll(() => site.close());

describe('anonymous callers can read', () => {
  test('a repository with its tags, platforms and pulls', async () => {
    const found = await read(repository('tools/app'));
    expect(found).toMatchObject({ fullName: `${owner.alias}/tools/app`, kind: 'image', pullCount: 2, tagCount: 2 });
    expect(found).toMatchObject({ description: HOSTILE, mirroredFrom: null, shownTag: { name: 'latest' } });
    const { tags, total } = await read(`${repository('tools/app')}/tags?sort=name`);
    expect(total).toBe(2);
    expect(tags).toMatchObject([
      { name: 'latest', recentPulls: 1 },
      { name: '1.0', isIndex: true, sameDigestTags: [], sameDigestCount: 0, recentPulls: 0 },
    ]);
    expect(await read(`${repository('tools/app')}/tags?q=1.&limit=1`)).toMatchObject({ total: 1 });
  });

  test("a chart's tag by its version", async () => {
    await createDistributionClient(site.url, owner.token).push(`${owner.alias}/secret`, index, ['1.2.0_up1']);
    for (const version of ['1.2.0_up1', '1.2.0%2Bup1']) {
      expect(await read(`${repository('secret')}/tags/${version}`, owner.token)).toMatchObject({ name: '1.2.0_up1' });
    }
  });

  test('a tag with its history, without naming users', async () => {
    const tag = await read(`${repository('tools/app')}/tags/latest`);
    expect(tag['history']).toMatchObject([
      { fromDigest: index.digest, toDigest: tag['digest'] },
      { fromDigest: null, toDigest: index.digest },
    ]);
    expect(JSON.stringify(tag)).not.toContain(owner.caller.principal.userId);
  });

  test('a manifest', async () => {
    const manifest = await read(`${repository('tools/app')}/manifests/${index.digest}`);
    expect(manifest).toMatchObject({ digest: index.digest, kind: 'index', tags: ['1.0'] });
    expect(manifest['children']).toHaveLength(2);
    expect(manifest['rawUrl']).toMatch(new RegExp(`/v2/${owner.alias}/tools/app/manifests/${index.digest}$`));
  });

  test('pulls by day and by tag', async () => {
    const insights = await read(`${repository('tools/app')}/insights?days=90`);
    expect(insights).toMatchObject({ total: 2, otherTags: { count: 0, pulls: 0 } });
    expect(insights['days']).toHaveLength(90);
    expect(insights['byTag']).toEqual(
      expect.arrayContaining([
        { tag: null, count: 1 },
        { tag: 'latest', count: 1 },
      ]),
    );
  });

  test('facet counts on request', async () => {
    expect(await read('/search')).not.toHaveProperty('facets');
    const { facets } = await read('/search?facets=1&kind=image');
    expect(Object.keys(facets as object)).toEqual([
      ...['category', 'platform', 'licence', 'base', 'size', 'kind', 'verified', 'signed', 'pushed'],
    ]);
  });

  test('completions of a prefix', async () => {
    await rebuildSearch(site.app, () => undefined);
    const { repositories, publishers } = await read(`/suggestions?q=${owner.alias.slice(0, 5)}`);
    expect(publishers).toMatchObject([{ alias: owner.alias, repositoryCount: 1, isVerified: false, logoUrl: null }]);
    expect(repositories).toMatchObject([
      { fullName: `${owner.alias}/tools/app`, description: HOSTILE, kind: 'image', isVerified: false, pullCount: 2 },
    ]);
    expect(await read('/suggestions')).toEqual({ repositories: [], publishers: [] });
    expect(await read('/suggestions?q=secret')).toEqual({ repositories: [], publishers: [] });
  });

  test('a publisher by any alias', async () => {
    expect(await read(`/publishers/${owner.alias}`)).toMatchObject({ alias: owner.alias, repositoryCount: 1 });
    const list = await read(`/publishers/${owner.alias}/repositories?sort=name`);
    expect(list).toMatchObject({ total: 1, repositories: [{ name: 'tools/app', kind: 'image' }] });
  });

  test("a publisher's profile, as its members wrote it", async () => {
    await rebuildSearch(site.app, () => undefined);
    const { registryId } = (await read(`/publishers/${owner.alias}`)) as { registryId: string };
    const empty = { bio: '', website: '', sourceUrl: '', contact: '', bannerColour: '', pins: [], pullsThisWeek: 2 };
    expect(await read(`/publishers/${owner.alias}`)).toMatchObject(empty);
    const texts = {
      bio: HOSTILE.replace('\u202e', ''),
      website: 'https://acme.example',
      contact: 'a@acme.example',
      bannerColour: 'rose',
    };
    const change = (changes: object) => call(`/registries/${registryId}`, { token: owner.token, changes });
    expect((await change({ ...texts, pins: ['tools/app'] })).status).toBe(204);
    expect(await read(`/publishers/${owner.alias}`)).toMatchObject({ ...texts, pins: [`${owner.alias}/tools/app`] });
    expect((await change({ pins: ['secret'] })).status).toBe(400);
    expect((await change({ bannerColour: 'red' })).status).toBe(400);
    expect((await change({ website: '\0' })).status).toBe(400);
    expect((await change({ pins: ['\0'] })).status).toBe(400);
    expect((await change({ ...empty, pullsThisWeek: undefined })).status).toBe(204);
    expect(await read(`/publishers/${owner.alias}`)).toMatchObject(empty);
  });

  test.each([
    ['/publishers/nobody', 404],
    ['/publishers/Not%20An%20Alias/repositories', 404],
    ['/repositories/nobody%2Fthing', 404],
    ['/repositories/%00', 400],
    ['/search?q=%00&os=%00', 400],
    ['/suggestions?q=%00', 400],
    ['/suggestions?q=%F0%9F%90%B3&limit=20', 200],
    ['/suggestions?limit=21', 400],
    [`/suggestions?q=${'a'.repeat(201)}`, 400],
    ['/search?page=0', 400],
    ['/search?sort=bad', 400],
    ['/search?limit=101', 400],
    [`/search?q=${'a'.repeat(301)}`, 400],
  ])('%s responds with %i', async (path, status) => {
    expect((await call(path)).status).toBe(status);
  });

  test.each([
    ['tags/nope', 404],
    ['tags/%00', 400],
    ['tags?q=%00', 400],
    ['tags?sort=pulls-of-nobody', 400],
    ['manifests/sha256:00', 400],
    [`manifests/sha256:${'0'.repeat(64)}`, 404],
    ['insights?days=366', 400],
  ])('…/%s responds with %i', async (path, status) => {
    expect((await call(`${repository('tools/app')}/${path}`)).status).toBe(status);
  });
});

describe('a hidden repository', () => {
  test('that is private is visible only to members with a token that may read the API', async () => {
    const paths = ['', '/tags', '/tags/latest', `/manifests/${index.digest}`, '/insights'];
    for (const path of paths) {
      expect((await call(repository('secret') + path)).status, path).toBe(404);
      expect((await call(repository('secret') + path, { token: stranger.token })).status, path).toBe(404);
      const own = await call(repository('secret') + path, { token: owner.token });
      expect(own.status, path).toBe(200);
      expect(own.headers.get('cache-control')).toBe('private, no-cache');
    }
    expect(await read(`/publishers/${owner.alias}/repositories`, owner.token)).toMatchObject({ total: 2 });
    expect(await read(`/publishers/${owner.alias}/repositories`, stranger.token)).toMatchObject({ total: 1 });
    const pusher = await site.createUser({ scopes: ['push'] });
    expect((await call(repository('tools/app'), { token: pusher.token })).status).toBe(200);
    expect((await call(repository('tools/app'), { token: 'vtr_nonsense' })).status).toBe(401);
  });

  test('that is quarantined is visible only to members', async () => {
    const found = await findRepository(site.app, `${owner.alias}/tools/app`);
    const change = (quarantineReason: string | null) =>
      site.app.db.repository.update({
        where: { id: found?.id ?? 0n },
        data: { quarantineReason, quarantinedAt: quarantineReason && new Date() },
      });
    await change('looked into');
    expect((await call(repository('tools/app'))).status).toBe(404);
    expect((await call(repository('tools/app'), { token: owner.token })).status).toBe(200);
    await change(null);
  });
});

test('a response can be revalidated by its ETag until something changes', async () => {
  const first = await call(repository('tools/app'));
  const etag = first.headers.get('etag') ?? '';
  expect(first.headers.get('cache-control')).toBe('public, max-age=0, s-maxage=30');
  expect(first.headers.get('vary')).toBe('Authorization');
  const again = await call(repository('tools/app'), { etag: `W/${etag}, "other"` });
  expect([again.status, await again.text()]).toEqual([304, '']);
  const client = createDistributionClient(site.url, owner.token);
  await client.push(`${owner.alias}/tools/app`, index, ['2.0']);
  expect((await call(repository('tools/app'), { etag })).status).toBe(200);
});
