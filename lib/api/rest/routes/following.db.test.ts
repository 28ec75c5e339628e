// Stars and follows through the API.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { handleRestRequest } from '../handle-rest-request.ts';

let site: TestApp;
let publisher: TestUser;
let reader: TestUser;
let fullName = '';

beforeAll(async () => {
  site = await createTestApp();
  publisher = await site.createUser();
  reader = await site.createUser({ scopes: ['api:write'] });
  fullName = `${publisher.alias}/tools/app`;
  const platform = { os: 'linux', architecture: 'amd64' };
  const image = await buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [] });
  await createDistributionClient(site.url, publisher.token).push(fullName, image, ['1.0', 'latest']);
});
afterAll(() => site.close());

const call = (method: string, path: string, token: string | null = reader.token) =>
  handleRestRequest(
    site.app,
    new Request(`http://localhost/api/v1${path}`, {
      method,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    }),
  );
const read = async (path: string, token?: string | null) =>
  (await (await call('GET', path, token)).json()) as Record<string, unknown>;
const repository = () => `/repositories/${encodeURIComponent(fullName)}`;

describe('the API', () => {
  test('stars a repository, whose object shows the count to everyone', async () => {
    const young = await call('PUT', `${repository()}/star`);
    expect(young.status).toBe(403);
    expect(await young.json()).toMatchObject({ detail: 'Your account must be a day old to star.' });
    await site.app.db.user.update({
      where: { id: reader.caller.principal.userId },
      data: { createdAt: new Date(Date.now() - 90_000_000) },
    });
    expect((await call('PUT', `${repository()}/star`)).status).toBe(204);
    expect((await call('PUT', `${repository()}/star`)).status).toBe(204);
    expect(await read(repository(), null)).toMatchObject({ starCount: 1 });
    expect(await read('/me/stars')).toMatchObject({ total: 1, repositories: [{ fullName, logoUrl: null }] });
    expect(await read('/me/stars?offset=1')).toEqual({ total: 1, repositories: [] });
    expect((await call('DELETE', `${repository()}/star`)).status).toBe(204);
    expect(await read(repository(), null)).toMatchObject({ starCount: 0 });
  });

  test('follows a repository and its publisher, and reads the feed page by page', async () => {
    const ofPublisher = `/publishers/${publisher.alias}/follow`;
    for (const path of [`${repository()}/follow`, ofPublisher]) expect((await call('PUT', path)).status).toBe(204);
    expect(await read('/me/following')).toMatchObject({
      repositories: [{ fullName, logoUrl: null }],
      publishers: [{ alias: publisher.alias, displayName: '' }],
    });
    const first = await read('/me/feed?limit=2');
    expect(first['items']).toMatchObject([{ kind: 'push', fullName, tags: ['latest', '1.0'] }]);
    const second = await read(`/me/feed?limit=2&before=${String(first['next'])}`);
    expect(second).toMatchObject({ items: [{ kind: 'repository', fullName }], next: null });
    for (const path of [`${repository()}/follow`, ofPublisher]) expect((await call('DELETE', path)).status).toBe(204);
    expect(await read('/me/following')).toEqual({ repositories: [], publishers: [] });
  });

  test('creates and revokes the URL of the private feed', async () => {
    const create = async () => (await (await call('PUT', '/me/feed-url')).json()) as { url: string };
    const { url } = await create();
    expect(url).toMatch(/^http.*\/api\/following\/[\w-]{43}\.atom$/);
    expect((await create()).url).not.toBe(url);
    expect((await call('DELETE', '/me/feed-url')).status).toBe(204);
    expect(await site.app.db.feedLink.count()).toBe(0);
    expect((await call('PUT', '/me/feed-url', null)).status).toBe(401);
  });

  test('refuses strangers, tokens that only read, and cursors it did not issue', async () => {
    expect((await call('PUT', `${repository()}/star`, null)).status).toBe(401);
    const { token } = await site.createUser({ scopes: ['api:read'] });
    expect((await call('PUT', `${repository()}/follow`, token)).status).toBe(403);
    expect((await call('GET', '/me/following', token)).status).toBe(200);
    expect((await call('GET', '/me/feed?before=1-push-x')).status).toBe(400);
    expect((await call('PUT', '/repositories/nobody%2Fnothing/star')).status).toBe(404);
    expect((await call('PUT', '/publishers/%00/follow')).status).toBe(400);
    expect((await call('DELETE', '/publishers/nobody/follow')).status).toBe(204);
  });
});
