// A private repository leaves no trace for those who may not see it: not in what they read, and not in how much work an
// answer takes.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findRegistryByAlias, findRepository } from '#lib/repositories/find-repository.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { updateRegistrySettings } from '#lib/publishers/update-registry-settings.ts';
import { readHome } from '#lib/gallery/home/read-home.ts';
import { loadPublisherActivity } from '#lib/gallery/publisher/load-publisher-activity.ts';
import { rebuildSearch } from '#lib/gallery/rebuild-search.ts';
import { countGalleryRepositories, listGalleryAddresses } from '#lib/gallery/sitemap-queries.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { handleRestRequest } from './rest/handle-rest-request.ts';

let site: TestApp;
let owner: TestUser;
let stranger: TestUser;
let image: BuiltManifest;
let registryKey: bigint;
const NAME = 'zweihander';

beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push,delete'] });
  stranger = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push,delete'] });
  registryKey = (await findRegistryByAlias(site.app, owner.alias))?.id ?? 0n;
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: 'x' }]],
  });
  await createDistributionClient(site.url, owner.token).push(`${owner.alias}/shown`, image, ['1.0']);
});
afterAll(() => site.close());

const at = (name: string) => encodeURIComponent(`${owner.alias}/${name}`);

async function callApi(path: string, token: string | null): Promise<{ status: number; body: string }> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await handleRestRequest(site.app, new Request(`http://localhost/api/v1${path}`, { headers }));
  return { status: response.status, body: await response.text() };
}

async function callRegistry(path: string, token: string | null): Promise<{ status: number; body: string }> {
  const authorization = token === null ? null : `Basic ${Buffer.from(`token:${token}`).toString('base64')}`;
  const response = await fetch(site.url + path, { headers: authorization === null ? {} : { authorization } });
  return { status: response.status, body: await response.text() };
}

/** Everything public that lists, counts or relates repositories. */
async function readPublic(token: string | null): Promise<Record<string, unknown>> {
  await rebuildSearch(site.app, () => undefined);
  const paths = [
    '/search?facets=1',
    `/search?q=${NAME}&facets=1`,
    `/search?q=${owner.alias}/${NAME}`,
    `/suggestions?q=${NAME.slice(0, 5)}`,
    `/suggestions?q=${owner.alias}`,
    `/publishers/${owner.alias}`,
    `/publishers/${owner.alias}/repositories`,
    `/repositories/${at('shown')}`,
    `/repositories/${at('shown')}/tags`,
    `/repositories/${at('shown')}/insights`,
    `/repositories/${at('shown')}/manifests/${image.digest}/lineage`,
  ];
  const answers = await Promise.all(paths.map(async (path) => [path, await callApi(path, token)] as const));
  const { total, newest, updated, trending } = await readHome(site.app);
  return {
    ...Object.fromEntries(answers),
    home: { total, newest, updated, trending },
    activity: await loadPublisherActivity(site.app, { registryKey }),
    sitemap: [
      await countGalleryRepositories(site.app),
      await listGalleryAddresses(site.app, { offset: 0, limit: 100 }),
    ],
    catalog: await callRegistry('/v2/_catalog', token),
    dockerSearch: await callRegistry(`/v1/search?q=${NAME}`, token),
  };
}

test('what others read is the same before and after a push creates one', async () => {
  const read = async (): Promise<unknown[]> => [await readPublic(null), await readPublic(stranger.token)];
  const before = await read();
  expect(JSON.stringify(before)).toContain('shown');
  await updateRegistrySettings(site.app, { caller: owner.caller, registryKey, pushVisibility: 'private' });
  const other = await buildImage({
    platform: { os: 'linux', architecture: 'arm64' },
    created: '2026-02-02T00:00:00Z',
    layers: [[{ path: 'a', content: 'x' }]],
  });
  const client = createDistributionClient(site.url, owner.token);
  await client.push(`${owner.alias}/${NAME}`, image, ['1.0', 'latest']);
  await client.push(`${owner.alias}/${NAME}`, other, ['2.0']);
  const pulled = await callRegistry(`/v2/${owner.alias}/${NAME}/manifests/latest`, owner.token);
  expect(pulled.status).toBe(200);
  await site.app.pullCounter.flush();
  expect((await findRepository(site.app, `${owner.alias}/${NAME}`))?.visibility).toBe('private');
  expect(await read()).toEqual(before);
  expect((await callApi(`/repositories/${at(NAME)}`, owner.token)).status).toBe(200);
});

const OUTSIDERS: [string, () => string | null][] = [
  ['an anonymous client', () => null],
  ['another user', () => stranger.token],
];

describe.each(OUTSIDERS)('%s', (_who, tokenOf) => {
  test.each(['', '/tags', '/tags/latest', '/insights', `/manifests/sha256:${'0'.repeat(64)}`])(
    'gets the same answer for REST %s of a hidden and of a missing repository, after as many statements',
    async (below) => {
      const measure = (name: string) =>
        countStatements(() => callApi(`/repositories/${at(name)}${below}`, tokenOf()), name);
      expect(await measure(NAME)).toEqual(await measure('missing'));
    },
  );

  test.each(['/manifests/latest', '/tags/list', `/blobs/sha256:${'0'.repeat(64)}`])(
    'gets the same answer for /v2 %s of a hidden and of a missing repository, after as many statements',
    async (below) => {
      const call = (name: string) => callRegistry(`/v2/${owner.alias}/${name}${below}`, tokenOf());
      // The first pull fills caches.
      await call(NAME);
      const hidden = await countStatements(() => call(NAME), NAME);
      expect(hidden).toEqual(await countStatements(() => call('missing'), 'missing'));
      expect(hidden.answer.status).toBe(tokenOf() === null ? 401 : 404);
    },
  );
});

test('an anonymous pull is challenged', async () => {
  const response = await fetch(`${site.url}/v2/${owner.alias}/${NAME}/manifests/latest`);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toContain(`scope="repository:${owner.alias}/${NAME}:pull"`);
});

describe('once a policy opens it to another registry', () => {
  let guest: TestUser;
  const SCOPES = ['api:write', 'repository:*:pull,push,delete'];
  beforeAll(async () => {
    guest = await site.createUser({ scopes: SCOPES });
    const { registry } = await site.app.db.alias.findUniqueOrThrow({
      where: { name: guest.alias },
      select: { registry: { select: { registryId: true } } },
    });
    const statement = { Effect: 'Allow', Principal: { AWS: registry.registryId }, Action: 'ecr:*' };
    await setRepositoryPolicy(site.app, {
      caller: owner.caller,
      fullName: `${owner.alias}/${NAME}`,
      text: JSON.stringify({ Statement: statement }),
    });
  });

  test('that one sees and pulls it', async () => {
    expect(await callApi(`/repositories/${at(NAME)}`, guest.token)).toMatchObject({ status: 200 });
    const pulled = await callRegistry(`/v2/${owner.alias}/${NAME}/manifests/latest`, guest.token);
    expect(pulled.status).toBe(200);
  });

  test('nothing that lists repositories shows it, not even to that one', async () => {
    for (const token of [null, stranger.token, guest.token]) {
      // Docker's search repeats the query.
      const { dockerSearch, ...answers } = await readPublic(token);
      expect(JSON.stringify(Object.values(answers))).not.toContain(NAME);
      expect(dockerSearch).toMatchObject({ body: expect.stringContaining('"num_results":0') as string });
    }
  });

  test.each(OUTSIDERS)('%s gets the same answers as before', async (_who, tokenOf) => {
    for (const below of ['', '/tags', `/manifests/sha256:${'0'.repeat(64)}`]) {
      const measure = (name: string) =>
        countStatements(() => callApi(`/repositories/${at(name)}${below}`, tokenOf()), name);
      expect(await measure(NAME)).toEqual(await measure('missing'));
    }
    for (const below of ['/manifests/latest', '/tags/list', `/blobs/sha256:${'0'.repeat(64)}`]) {
      const call = (name: string) => callRegistry(`/v2/${owner.alias}/${name}${below}`, tokenOf());
      await call(NAME);
      const hidden = await countStatements(() => call(NAME), NAME);
      expect(hidden).toEqual(await countStatements(() => call('missing'), 'missing'));
    }
  });
});

/** Work that isn't part of an answer, such as a flush or noting the use of a token, only adds to a count. */
const RUNS = 4;

/** Counts the fewest statements and connections that an answer takes. `name` is left out of the answer. */
async function countStatements(call: () => Promise<{ status: number; body: string }>, name: string) {
  const [query, connect] = [vi.spyOn(site.app.pool, 'query'), vi.spyOn(site.app.pool, 'connect')];
  try {
    let statements = Infinity;
    let answer = await call();
    for (let run = 0; run < RUNS; run += 1) {
      const before = query.mock.calls.length + connect.mock.calls.length;
      answer = await call();
      statements = Math.min(statements, query.mock.calls.length + connect.mock.calls.length - before);
    }
    expect(statements).toBeGreaterThan(0);
    const body = answer.body.replaceAll(name, 'NAME').replaceAll(/"requestId":"[^"]*"/g, '');
    return { answer: { status: answer.status, body }, statements };
  } finally {
    query.mockRestore();
    connect.mockRestore();
  }
}
