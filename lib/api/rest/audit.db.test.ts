// The audit log through the API: each filter, at all four endpoints.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordChange } from '#lib/events/record-change.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { sha256 } from '#lib/testing/servers/raw-http.ts';
import { handleRestRequest } from './handle-rest-request.ts';

const DIGEST = sha256('an image');

let site: TestApp;
let owner: TestUser;
let admin: TestUser;
/** 12 digits. */
let registry: string;

beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: ['pull', 'api:read'] });
  admin = await site.createUser({ role: 'admin', scopes: ['pull', 'push', 'delete', 'api:read'] });
  const found = await findRegistryByAlias(site.app, owner.alias);
  registry = found?.registryId ?? '';
  const registryKey = found?.id ?? 0n;
  await site.app.db.auditEvent.deleteMany();
  const by = (user: TestUser, address: string) => ({
    caller: {
      principal: {
        ...user.caller.principal,
        ...(user === owner && {
          accessKey: { id: 'AKIAABCDEFGHIJKLMNOP', registryId: registry, role: 'owner' as const },
        }),
      },
      context: { ...user.caller.context, address, userAgent: user === owner ? 'docker/27.0 linux' : null },
    },
    registryKey,
  });
  await recordChange(
    site.app.db,
    {
      ...by(owner, '198.51.100.1'),
      type: 'tag.create',
      resource: { repositoryId: 1n, name: `${owner.alias}/app`, tag: 'v1' },
      after: { digest: DIGEST },
    },
    {
      ...by(admin, '198.51.100.2'),
      type: 'repository.quarantine',
      resource: { repositoryId: 2n, name: `${owner.alias}/other` },
      after: { reason: 'A miner was found.' },
    },
  );
});
afterAll(() => site.close());

async function get({ token }: TestUser, path: string, query: Record<string, string>): Promise<Response> {
  const url = `http://localhost/api/v1${path}?${new URLSearchParams(query).toString()}`;
  const response = await handleRestRequest(
    site.app,
    new Request(url, { headers: { authorization: `Bearer ${token}` } }),
  );
  expect(response.status, url).toBe(200);
  return response;
}

const lines = (text: string) => text.trim().split(/\r?\n/);
const actionsIn = (events: { action: string }[]) => events.map(({ action }) => action);

/** Returns the actions that each endpoint lists. */
async function ask(query: Record<string, string>): Promise<string[][]> {
  const paths = [
    [owner, `/registries/${registry}/audit`],
    [admin, '/admin/audit'],
  ] as const;
  const found: string[][] = [];
  for (const [user, path] of paths) {
    const page = (await (await get(user, path, query)).json()) as { events: { action: string }[] };
    const exported = await get(user, `${path}/export`, query);
    expect(exported.headers.get('content-type')).toContain('application/jsonl');
    const events = lines(await exported.text()).filter(Boolean);
    const csv = await get(user, `${path}/export`, { ...query, format: 'csv' });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const rows = lines(await csv.text()).slice(1);
    found.push(actionsIn(page.events));
    found.push(actionsIn(events.map((event) => JSON.parse(event) as { action: string })));
    found.push(rows.map((row) => row.split(',').find((cell) => /^[a-z]+\.[a-z]+$/.test(cell)) ?? row));
  }
  return found;
}

const everywhere = (actions: string[]) => Array.from({ length: 6 }, () => actions);
const BOTH = ['repository.quarantine', 'tag.create'];

describe('the audit log', () => {
  test.each<[string, () => string]>([
    ['principal', () => owner.email],
    ['principal', () => owner.caller.principal.userId],
    ['actor', () => owner.email.slice(5, 20)],
    ['action', () => 'tag.'],
    ['repository', () => `${owner.alias}/app`],
    ['digest', () => DIGEST],
    ['address', () => '198.51.100.1'],
    ['tag', () => 'v1'],
    ['accessKeyId', () => 'AKIAABCDEFGHIJKLMNOP'],
    ['userAgent', () => 'Docker/27'],
    ['target', () => 'APP:v1'],
  ])('can be filtered by %s', async (name, value) => {
    expect(await ask({ [name]: value() })).toEqual(everywhere(['tag.create']));
  });

  test('can be filtered by time', async () => {
    for (const [first, last] of [
      ['since', 'until'],
      ['from', 'to'],
    ] as const) {
      expect(await ask({ [first]: '2026-01-01' })).toEqual(everywhere(BOTH));
      expect(await ask({ [last]: '2026-01-01' })).toEqual(everywhere([]));
    }
  });

  test('of the site can be filtered by registry', async () => {
    const read = async (query: Record<string, string>) =>
      ((await (await get(admin, '/admin/audit', query)).json()) as { events: { action: string }[] }).events;
    expect(actionsIn(await read({ registry }))).toEqual(BOTH);
    const other = await findRegistryByAlias(site.app, admin.alias);
    expect(await read({ registry: other?.registryId ?? '' })).toEqual([]);
  });

  test('is paged by a cursor', async () => {
    const path = `/registries/${registry}/audit`;
    const first = (await (await get(owner, path, { limit: '1' })).json()) as {
      events: { action: string }[];
      next: string | null;
    };
    expect(actionsIn(first.events)).toEqual(BOTH.slice(0, 1));
    const second = (await (await get(owner, path, { limit: '1', before: first.next ?? '' })).json()) as typeof first;
    expect(actionsIn(second.events)).toEqual(BOTH.slice(1));
  });
});
