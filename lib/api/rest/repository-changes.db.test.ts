import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { indexRepository } from '#lib/gallery/jobs/index-repository.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { handleRestRequest } from './handle-rest-request.ts';

let site: TestApp;
let owner: TestUser;
let image: Awaited<ReturnType<typeof buildImage>>;
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push'] });
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: 'x' }]],
  });
});
afterAll(() => site.close());

let count = 0;
async function publish(): Promise<string> {
  const fullName = `${owner.alias}/app-${(count += 1)}`;
  await createDistributionClient(site.url, owner.token).push(fullName, image, ['1.0']);
  return fullName;
}

async function call(method: string, fullName: string, body?: unknown, token: string | null = owner.token) {
  const response = await handleRestRequest(
    site.app,
    new Request(`http://localhost/api/v1/repositories/${encodeURIComponent(fullName)}`, {
      method,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('POST of a repository', () => {
  async function create(body: unknown, token = owner.token) {
    const response = await handleRestRequest(
      site.app,
      new Request('http://localhost/api/v1/repositories', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      }),
    );
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const newName = () => `${owner.alias}/made-${(count += 1)}`;
  const countRepositories = () => site.app.db.repository.count();

  test('creates a private one with its texts, which only members see', async () => {
    const fullName = newName();
    const texts = { description: 'Watches things', aboutText: '# About', categories: ['monitoring'] };
    const made = await create({ fullName, visibility: 'private', tagMutability: 'immutable', ...texts });
    const shown = { ...texts, fullName, visibility: 'private', tagMutability: 'immutable', pushedAt: null };
    expect(made).toMatchObject({ status: 201, body: shown });
    expect(made.body).toEqual((await call('GET', fullName)).body);
    const stranger = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push'] });
    expect((await call('GET', fullName, undefined, stranger.token)).status).toBe(404);
    expect((await call('GET', fullName, undefined, null)).status).toBe(404);
    expect((await fetch(`${site.url}/v2/${fullName}/tags/list`)).status).toBe(401);
  });

  test('is public unless the body says otherwise, and happens once', async () => {
    const fullName = newName();
    expect(await create({ fullName })).toMatchObject({ status: 201, body: { visibility: 'public', description: '' } });
    expect(await create({ fullName })).toMatchObject({ status: 409 });
  });

  test.each([
    [{}],
    [{ fullName: 'no-slash' }],
    [{ fullName: 'ALIAS/' }],
    [{ fullName: 'ALIAS/Upper' }],
    [{ fullName: 'ALIAS/a/../b' }],
    [{ fullName: 7 }],
    [{ fullName: 'ALIAS/tool', visibility: 'internal' }],
    [{ fullName: 'ALIAS/tool', description: 'one\ntwo' }],
    [{ fullName: 'ALIAS/tool', categories: ['cheese'] }],
    [{ fullName: 'ALIAS/tool', tagMutability: 'immutable', tagExclusions: ['dev-*'] }],
    [{ fullName: 'ALIAS/tool', unknown: 1 }],
    [[]],
  ])('refuses %j and creates nothing', async (body) => {
    const before = await countRepositories();
    const named = JSON.parse(JSON.stringify(body).replace('ALIAS', owner.alias)) as unknown;
    expect((await create(named)).status).toBe(400);
    expect(await countRepositories()).toBe(before);
  });

  test('needs a member and a token that may push it', async () => {
    const before = await countRepositories();
    const stranger = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push'] });
    expect((await create({ fullName: newName() }, stranger.token)).status).toBe(403);
    expect((await create({ fullName: 'nobody-has-this/tool' })).status).toBe(404);
    const narrow = [
      ['api:write'],
      ['api:write', 'repository:*:pull'],
      ['api:write', `repository:${owner.alias}/other:push`],
      ['repository:*:push'],
      ['api:read', 'repository:*:push'],
    ];
    for (const scopes of narrow) {
      const { secret } = await createAccessToken(site.app, {
        caller: owner.caller,
        name: 'narrow',
        expiresInDays: 1,
        scopes,
      });
      expect((await create({ fullName: newName() }, secret)).status, scopes.join(' ')).toBe(403);
    }
    expect(await countRepositories()).toBe(before);
  });
});

test('PUT of a tag points it to an image that the repository has', async () => {
  const fullName = await publish();
  const put = async (tag: string, body: unknown, token = owner.token) => {
    const path = `/api/v1/repositories/${encodeURIComponent(fullName)}/tags/${tag}`;
    const init = { method: 'PUT', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(body) };
    const response = await handleRestRequest(site.app, new Request(`http://localhost${path}`, init));
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  expect(await put('stable', { source: '1.0' })).toEqual({ status: 200, body: { digest: image.digest } });
  expect((await fetch(`${site.url}/v2/${fullName}/manifests/stable`)).headers.get('docker-content-digest')).toBe(
    image.digest,
  );
  expect(await put('stable', { source: '9.9' })).toMatchObject({ status: 404 });
  expect(await put('-x', { source: '1.0' })).toMatchObject({ status: 400 });
  expect(await put('stable', {})).toMatchObject({ status: 400 });
  const reader = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push'] });
  expect(await put('other', { source: '1.0' }, reader.token)).toMatchObject({ status: 403 });
});

describe('PATCH of a repository', () => {
  test('changes the given fields, keeps the others and returns the new state', async () => {
    const fullName = await publish();
    const first = { description: 'Watches things', aboutText: '# About', categories: ['monitoring'] };
    const changed = await call('PATCH', fullName, first);
    expect(changed).toMatchObject({ status: 200, body: { ...first, fullName, usageText: '', visibility: 'public' } });
    expect(changed.body).toEqual((await call('GET', fullName)).body);
    const second = await call('PATCH', fullName, { usageText: 'Run it', description: null, categories: null });
    expect(second.body).toMatchObject({ aboutText: '# About', usageText: 'Run it', description: '' });
    expect(second.body['categories']).toEqual([]);
    const rows = await site.app.db.auditEvent.findMany({
      where: { target: fullName, action: 'repository.update-catalog-data' },
      orderBy: { id: 'asc' },
    });
    expect(rows.map(({ before, after }) => ({ before, after }))).toEqual([
      { before: { description: '', aboutText: '', categories: [] }, after: first },
      {
        before: { usageText: '', description: 'Watches things', categories: ['monitoring'] },
        after: { usageText: 'Run it', description: '', categories: [] },
      },
    ]);
  });

  test('hides a repository from strangers immediately and publishes it again', async () => {
    const fullName = await publish();
    const pull = () => fetch(`${site.url}/v2/${fullName}/manifests/1.0`, { headers: { accept: image.mediaType } });
    expect((await pull()).status).toBe(200);
    const where = { name: fullName.slice(fullName.indexOf('/') + 1) };
    const { id } = await site.app.db.repository.findFirstOrThrow({ where });
    await indexRepository(site.app, { repositoryId: String(id) });
    expect(await site.app.db.searchRepository.count({ where })).toBe(1);
    expect((await call('PATCH', fullName, { visibility: 'private' })).body).toMatchObject({ visibility: 'private' });
    await expect.poll(async () => (await pull()).status).toBe(401);
    expect((await call('GET', fullName, undefined, null)).status).toBe(404);
    expect(await site.app.db.searchRepository.count({ where })).toBe(0);
    await call('PATCH', fullName, { visibility: 'public' });
    await expect.poll(async () => (await pull()).status).toBe(200);
  });

  test.each([
    ['an unknown field', { title: 'x' }],
    ['a read-only field', { pullCount: 1 }],
    ['a wrong type', { description: 1 }],
    ['a description of two lines', { description: 'a\nb' }],
    ['an unknown visibility', { visibility: 'hidden' }],
    ['a null visibility', { visibility: null }],
    ['an oversized text', { aboutText: 'x'.repeat(25_601) }],
    ['a NUL character', { aboutText: 'a\0b' }],
    ['a lone surrogate', { usageText: '\ud800' }],
    ['an unknown category', { categories: ['cheese'] }],
    ['a category twice', { categories: ['games', 'games'] }],
    ['too many categories', { categories: ['databases', 'games', 'iot', 'media'] }],
    ['an exclusion without its rule', { tagExclusions: ['dev-*'] }],
    ['a rule without exclusions', { tagMutability: 'mutable_with_exclusion' }],
    ['a pattern of no tag', { tagMutability: 'mutable_with_exclusion', tagExclusions: ['a b'] }],
    ['a list', []],
    ['malformed JSON', '{'],
  ])('rejects %s and changes nothing', async (_what, body) => {
    const fullName = await publish();
    const before = await call('GET', fullName);
    const given = Array.isArray(body) || typeof body === 'string' ? body : { usageText: 'new', ...body };
    expect((await call('PATCH', fullName, given)).status).toBe(400);
    expect((await call('GET', fullName)).body).toEqual(before.body);
  });

  test('changes which tags can be overwritten', async () => {
    const fullName = await publish();
    const rule = { tagMutability: 'immutable_with_exclusion', tagExclusions: ['dev-*'] };
    expect((await call('PATCH', fullName, rule)).body).toMatchObject(rule);
    expect((await call('PATCH', fullName, { tagExclusions: ['dev-*', 'latest'] })).body).toMatchObject({
      tagMutability: 'immutable_with_exclusion',
      tagExclusions: ['dev-*', 'latest'],
    });
    const mutable = { tagMutability: 'mutable', tagExclusions: [] };
    expect((await call('PATCH', fullName, { tagMutability: 'mutable' })).body).toMatchObject(mutable);
  });

  test('changes nothing without fields', async () => {
    const fullName = await publish();
    const before = await call('GET', fullName);
    expect(await call('PATCH', fullName, {})).toEqual(before);
  });

  test('requires the right to edit the repository and a token that may write', async () => {
    const fullName = await publish();
    await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name: 'shut', visibility: 'private' });
    const stranger = await site.createUser({ scopes: ['api:write', 'push'] });
    const patch = { description: 'mine' };
    expect((await call('PATCH', fullName, patch, null)).status).toBe(401);
    expect((await call('PATCH', fullName, patch, stranger.token)).status).toBe(403);
    expect((await call('PATCH', `${owner.alias}/shut`, patch, stranger.token)).status).toBe(404);
    expect((await call('PATCH', `${owner.alias}/none`, patch)).status).toBe(404);
    const reader = await site.createUser({ scopes: ['api:read', 'push'] });
    const member = await site.app.db.member.findFirstOrThrow({ where: { userId: owner.caller.principal.userId } });
    const joins = [
      [reader, 'owner'],
      [stranger, 'pusher'],
    ] as const;
    await site.app.db.member.createMany({
      data: joins.map(([{ caller }, role]) => ({
        registryKey: member.registryKey,
        userId: caller.principal.userId,
        role,
      })),
    });
    expect((await call('PATCH', fullName, patch, reader.token)).status).toBe(403);
    expect((await call('PATCH', fullName, patch, stranger.token)).status).toBe(403);
    expect((await call('GET', fullName)).body).toMatchObject({ description: '' });
  });

  test('requires a token whose scopes reach the repository', async () => {
    const fullName = await publish();
    const { secret } = await createAccessToken(site.app, {
      caller: owner.caller,
      name: 'another',
      expiresInDays: 1,
      scopes: ['api:write', 'repository:*/another:push'],
    });
    expect((await call('PATCH', fullName, { description: 'x' }, secret)).status).toBe(403);
  });

  test('is refused for a quarantined repository', async () => {
    const fullName = await publish();
    const admin = await site.createUser({ role: 'admin' });
    await quarantineRepository(site.app, { caller: admin.caller, fullName, reason: 'Looks like malware' });
    expect((await call('PATCH', fullName, { description: 'x' })).status).toBe(403);
  });
});
