// Every route × sets of scopes: the API must not touch what a token's scopes don't reach. The user is an owner
// throughout.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import type { RestRoute } from './define-route.ts';
import { handleRestRequest } from './handle-rest-request.ts';
import { REACH_PARAMS } from './reach.ts';
import { ROUTES } from './routes.ts';

type Verdict = 'in' | 'out';

/**
 * Scopes besides `api:write`, and what they open: the repository `app`, the whole registry, another registry, or the
 * site.
 */
const SETS = {
  none: [],
  'pull app': ['repository:ALIAS/app:pull'],
  'push app': ['repository:ALIAS/app:push'],
  'delete app': ['repository:ALIAS/app:delete'],
  'all app': ['repository:ALIAS/app:pull,push,delete'],
  'all of other names': ['repository:*/x:pull,push,delete', 'repository:ALIASx/*:pull,push,delete'],
  'pull registry': ['repository:ALIAS/*:pull'],
  'push registry': ['repository:ALIAS/*:push'],
  'all registry': ['repository:ALIAS/*:pull,push,delete'],
  'pull site': ['pull'],
  'all site': ['pull', 'push', 'delete'],
} as const;
type SetName = keyof typeof SETS;

const REPOSITORY_OBJECTS = ['repository', 'mirror', 'deletion'];

/** Written independently of the code. */
function expected({ reach }: RestRoute, set: SetName): Verdict {
  if (reach.to === 'none' || reach.to === 'account' || reach.to === 'body') return 'in';
  if (reach.to === 'site') return set === 'none' || set === 'all site' ? 'in' : 'out';
  const held: Record<SetName, [actions: string, where: 'app' | 'registry' | 'nowhere']> = {
    none: ['', 'nowhere'],
    'all of other names': ['', 'nowhere'],
    'pull app': ['pull', 'app'],
    'push app': ['pull push', 'app'],
    'delete app': ['delete', 'app'],
    'all app': ['pull push delete', 'app'],
    'pull registry': ['pull', 'registry'],
    'push registry': ['pull push', 'registry'],
    'all registry': ['pull push delete', 'registry'],
    'pull site': ['pull', 'registry'],
    'all site': ['pull push delete', 'registry'],
  };
  const [actions, where] = held[set];
  const isOneRepository = REPOSITORY_OBJECTS.includes(reach.to);
  if (set === 'none') return isOneRepository || reach.to === 'repositories' ? 'out' : 'in';
  const isReached = where === 'registry' || (where === 'app' && isOneRepository);
  return isReached && reach.actions.every((action) => actions.includes(action)) ? 'in' : 'out';
}

let site: TestApp;
let admin: TestUser;
const tokens = new Map<SetName, string>();
let values: Record<string, string>;

const tokenFor = async (scopes: readonly string[], apiScope = 'api:write') => {
  const named = scopes.map((scope) => scope.replace('ALIAS', admin.alias));
  const input = { caller: admin.caller, name: 'a test', scopes: [...named, apiScope], expiresInDays: 1 };
  return (await createAccessToken(site.app, input)).secret;
};
const call = (token: string | undefined, method: string, path: string) =>
  handleRestRequest(
    site.app,
    new Request(`http://localhost/api/v1${path}`, {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      ...(method !== 'GET' && { body: 'not JSON' }),
    }),
  );

beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
  const { caller, alias } = admin;
  const registry = await site.app.db.registry.findFirstOrThrow({ where: { aliases: { some: { name: alias } } } });
  await createRepository(site.app, { caller, alias, name: 'app', visibility: 'private' });
  await deleteRepository(site.app, { caller, fullName: `${alias}/app` });
  const deletion = await site.app.db.deletion.findFirstOrThrow();
  await createRepository(site.app, { caller, alias, name: 'app', visibility: 'private' });
  const request = await site.app.db.aliasRequest.create({
    data: {
      registryKey: registry.id,
      requesterId: caller.principal.userId,
      name: 'wanted',
      purpose: 'A test.',
      links: [],
    },
  });
  values = {
    registryId: registry.registryId,
    repository: `${alias}/app`,
    alias,
    deletion: deletion.id,
    request: request.id,
    userId: randomUUID(),
    digest: `sha256:${'0'.repeat(64)}`,
    tag: 'v1',
    host: 'example.org',
    region: 'eu-north-1',
    destinationRegistryId: '210987654321',
    delivery: '1',
  };
  for (const [name, scopes] of Object.entries(SETS)) tokens.set(name as SetName, await tokenFor(scopes));
});
afterAll(() => site.close());

function pathOf({ path, reach }: RestRoute): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'id' && reach.to === 'deletion') return values['deletion'] ?? '';
    if (name === 'id' && reach.to === 'alias-request') return values['request'] ?? '';
    if (name === 'name') return reach.to === 'mirror' ? 'app' : admin.alias;
    return encodeURIComponent(values[name] ?? randomUUID());
  });
}

const anyone = ROUTES.filter(({ access }) => access === 'anyone');
const others = ROUTES.filter(({ access }) => access !== 'anyone');
const sets = Object.keys(SETS) as SetName[];

describe('every route, every set of scopes', () => {
  test.each(others.map((route) => [route.method, route.path, route] as const))(
    '%s %s',
    async (method, _path, route) => {
      const verdicts: Partial<Record<SetName, Verdict>> = {};
      // Routes with a body get an unparsable one, so only the few without a body change anything. Those come last.
      const isSafe = method === 'GET' || route.body !== undefined;
      const asked = sets.filter((set) => isSafe || expected(route, set) === 'out');
      for (const set of asked) {
        const response = await call(tokens.get(set), method, pathOf(route));
        const isOut = response.status === 403 && /lacks the scope|is limited to/.test(await response.text());
        verdicts[set] = isOut ? 'out' : 'in';
      }
      expect(verdicts).toEqual(Object.fromEntries(asked.map((set) => [set, expected(route, set)])));
    },
  );

  test.each(anyone.map((route) => [route.method, route.path, route] as const))(
    '%s %s shows no more than to anonymous callers without the scopes',
    async (method, _path, route) => {
      const read = async (token?: string) => {
        const response = await call(token, method, pathOf(route));
        return { status: response.status, body: (await response.text()).replace(/"requestId":[^}]*/, '') };
      };
      const stranger = await read();
      for (const set of sets) {
        const answer = await read(tokens.get(set));
        if (expected(route, set) === 'out') expect(answer, set).toEqual(stranger);
        else if (route.reach.to === 'repository' && !/tags\/|manifests\/|\/compare/.test(route.path))
          expect(answer.status).toBe(200);
      }
    },
  );
});

test('each route that reaches an object names it in its path', () => {
  for (const { reach, path } of ROUTES) {
    if (reach.to === 'none' || reach.to === 'account' || reach.to === 'body' || reach.to === 'site') continue;
    const names: readonly string[] = REACH_PARAMS[reach.to];
    const found = names.filter((name) => path.includes(`{${name}}`));
    expect(found.length, path).toBe(reach.to === 'repositories' ? 1 : names.length);
    expect(reach.actions.length, path).toBeGreaterThan(0);
  }
});

test('routes of a repository or registry need more than account scopes', () => {
  const isOwned = (path: string) => /\{(repository|registryId|id|name)\}/.test(path);
  const loose = ROUTES.filter(({ reach, path }) => isOwned(path) && (reach.to === 'none' || reach.to === 'account'));
  // A user's own sessions, stars and follows.
  expect([...new Set(loose.map(({ path }) => path))]).toEqual([
    '/me/sessions/{id}',
    '/repositories/{repository}/star',
    '/repositories/{repository}/follow',
  ]);
});

test('a token for one repository deletes only that one, and only with the delete scope', async () => {
  const { caller, alias } = admin;
  for (const name of ['mine', 'other']) await createRepository(site.app, { caller, alias, name });
  const remove = async (scope: string, name: string) =>
    (await call(await tokenFor([scope]), 'DELETE', `/repositories/${alias}%2F${name}`)).status;
  expect(await remove('repository:*/mine:pull', 'other')).toBe(403);
  expect(await remove('repository:*/mine:pull,push', 'mine')).toBe(403);
  expect(await remove('repository:*/mine:delete', 'other')).toBe(403);
  expect(await site.app.db.repository.count({ where: { name: { in: ['mine', 'other'] } } })).toBe(2);
  expect(await remove('repository:*/mine:delete', 'mine')).toBe(204);
});

test('a repository is reached by the alias in the request, other objects by any alias of their registry', async () => {
  const { caller, alias } = admin;
  const registry = await site.app.db.registry.findFirstOrThrow({ where: { aliases: { some: { name: alias } } } });
  const second = `second-${alias}`;
  const row = { name: second, foldedKey: second, registryKey: registry.id, status: 'active' } as const;
  await site.app.db.alias.create({ data: row });
  await createRepository(site.app, { caller, alias, name: 'named' });
  const token = await tokenFor([`repository:${second}/*:pull,push,delete`]);
  expect((await call(token, 'DELETE', `/repositories/${alias}%2Fnamed`)).status).toBe(403);
  expect((await call(token, 'DELETE', `/registries/${registry.registryId}/logo`)).status).toBe(204);
  expect((await call(token, 'DELETE', `/repositories/${second}%2Fnamed`)).status).toBe(204);
  const { id } = await site.app.db.deletion.findFirstOrThrow({ where: { name: 'named' } });
  expect((await call(token, 'POST', `/deletions/${id}/restore`)).status).toBe(200);
});
