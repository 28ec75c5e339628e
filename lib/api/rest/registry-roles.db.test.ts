// Every route of a registry's members, mirrors and audit × every role in that registry.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REGISTRY_ROLES, type RegistryRole } from '#lib/access/schema.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { handleRestRequest } from './handle-rest-request.ts';

type Who = RegistryRole | 'stranger' | 'admin';
type Team = { registryId: string; members: Record<Who, TestUser>; target: TestUser };

let site: TestApp;
let admin: TestUser;
/** For calls that change nothing. */
let steadyTeam: Team;
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin', scopes: ['push', 'delete', 'api:write'] });
  steadyTeam = await createTeam();
});
afterAll(() => site.close());

const newUser = () => site.createUser({ scopes: ['push', 'delete', 'api:write'] });

async function createTeam(): Promise<Team> {
  const owner = await newUser();
  const { registry } = await site.app.db.alias.findUniqueOrThrow({
    where: { name: owner.alias },
    include: { registry: true },
  });
  const join = async (role: RegistryRole) => {
    const user = await newUser();
    const { userId } = user.caller.principal;
    await site.app.db.member.create({ data: { registryKey: registry.id, userId, role } });
    return user;
  };
  const [maintainer, pusher, reader, none, target] = [
    await join('maintainer'),
    await join('pusher'),
    await join('reader'),
    await join('none'),
    await join('reader'),
  ];
  const stranger = await newUser();
  const members = { owner, maintainer, pusher, reader, none, stranger, admin };
  return { registryId: registry.registryId, members, target };
}

function call(user: TestUser, method: string, path: string, body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${user.token}` };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  return handleRestRequest(site.app, new Request(`http://localhost/api/v1${path}`, init));
}

/** What the routes could change. */
function readRegistry(registryId: string) {
  return site.app.db.registry.findUniqueOrThrow({
    where: { registryId },
    include: { members: true, invitations: true, repositories: true, upstreams: true },
  });
}

type Case = { method: string; path: string; body?: object; allowed: Who[]; status: number };
const MANAGING: Who[] = ['owner', 'maintainer'];
const MEMBERS: Who[] = REGISTRY_ROLES.filter((role) => role !== 'none');
const WORKING: Who[] = [...MANAGING, 'pusher'];

const MIRROR = { upstream: { host: 'registry.example.org' }, upstreamName: 'acme/app' };

const RULE = { prefix: 'hub', upstream: { host: 'registry.example.org' } };
const TEMPLATE = { prefix: 'team', appliedFor: ['push'] };

const CASES: Case[] = [
  { method: 'GET', path: '/members', allowed: MEMBERS, status: 200 },
  { method: 'GET', path: '/audit', allowed: WORKING, status: 200 },
  { method: 'GET', path: '/audit/export', allowed: WORKING, status: 200 },
  { method: 'GET', path: '/invitations', allowed: MANAGING, status: 200 },
  { method: 'PATCH', path: '', body: { displayName: 'New' }, allowed: MANAGING, status: 204 },
  { method: 'GET', path: '/settings', allowed: MEMBERS, status: 200 },
  { method: 'PATCH', path: '/settings', body: { pushVisibility: 'private' }, allowed: MANAGING, status: 200 },
  { method: 'DELETE', path: '/logo', allowed: MANAGING, status: 204 },
  {
    method: 'POST',
    path: '/invitations',
    body: { email: 'a@example.org', role: 'maintainer' },
    allowed: MANAGING,
    status: 201,
  },
  {
    method: 'POST',
    path: '/invitations',
    body: { email: 'b@example.org', role: 'owner' },
    allowed: ['owner'],
    status: 201,
  },
  { method: 'PATCH', path: '/members/TARGET', body: { role: 'pusher' }, allowed: MANAGING, status: 204 },
  { method: 'PATCH', path: '/members/TARGET', body: { role: 'owner' }, allowed: ['owner'], status: 204 },
  { method: 'DELETE', path: '/members/TARGET', allowed: MANAGING, status: 204 },
  { method: 'DELETE', path: '/members/OWNER', allowed: [], status: 204 },
  { method: 'GET', path: '/mirrors', allowed: MEMBERS, status: 200 },
  { method: 'GET', path: '/upstreams', allowed: MEMBERS, status: 200 },
  { method: 'GET', path: '/mirror', allowed: MEMBERS, status: 200 },
  { method: 'PUT', path: '/mirrors/team%2Fapp', body: MIRROR, allowed: MANAGING, status: 204 },
  { method: 'PUT', path: '/mirror', body: { upstream: MIRROR.upstream }, allowed: MANAGING, status: 204 },
  { method: 'DELETE', path: '/mirror', allowed: MANAGING, status: 204 },
  { method: 'GET', path: '/pull-through-rules', allowed: MEMBERS, status: 200 },
  { method: 'POST', path: '/pull-through-rules', body: RULE, allowed: MANAGING, status: 201 },
  { method: 'GET', path: '/templates', allowed: MANAGING, status: 200 },
  { method: 'POST', path: '/templates', body: TEMPLATE, allowed: MANAGING, status: 201 },
  { method: 'PATCH', path: '/templates/team', body: { description: 'x' }, allowed: MANAGING, status: 404 },
  { method: 'DELETE', path: '/templates/team', allowed: MANAGING, status: 404 },
  { method: 'POST', path: '/leave', allowed: ['maintainer', 'pusher', 'reader', 'none'], status: 204 },
];
const OUTSIDE: Who[] = ['none', 'stranger', 'admin'];
const EVERYBODY: Who[] = [...MEMBERS, ...OUTSIDE];

describe("a registry's routes", () => {
  test.each(CASES.flatMap((row) => EVERYBODY.map((who) => [row.method, row.path, row.body ?? {}, who, row] as const)))(
    '%s %s %o as %s',
    async (method, path, _body, who, { body, allowed, status }) => {
      const isAllowed = allowed.includes(who);
      const { registryId, members, target } = isAllowed && method !== 'GET' ? await createTeam() : steadyTeam;
      const ids = { TARGET: target.caller.principal.userId, OWNER: members.owner.caller.principal.userId };
      const at = path.replace('TARGET', ids.TARGET).replace('OWNER', ids.OWNER);
      const before = await readRegistry(registryId);
      const response = await call(members[who], method, `/registries/${registryId}${at}`, body);
      if (isAllowed) expect(response.status, await response.text()).toBe(status);
      else if (OUTSIDE.includes(who)) expect(response.status).toBe(404);
      else expect([403, 409]).toContain(response.status);
      if (!isAllowed) expect(await readRegistry(registryId)).toEqual(before);
    },
  );
});

test('a member can be invited through the API alone, which the audit export shows as JSON lines', async () => {
  const { registryId, members } = await createTeam();
  const at = `/registries/${registryId}`;
  const invited = await call(members.owner, 'POST', `${at}/invitations`, { email: 'x@example.org', role: 'pusher' });
  const { link } = (await invited.json()) as { link: string };
  const secret = new URL(link).searchParams.get('secret') ?? '';
  const joined = await call(members.stranger, 'POST', '/invitations/accept', { secret });
  expect(await joined.json()).toMatchObject({ registryId });
  const filter = 'action=member.&target=user-';
  const lines = (await (await call(members.pusher, 'GET', `${at}/audit/export?${filter}`)).text()).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual(['member.join']);
  expect((await call(members.pusher, 'GET', `${at}/audit?from=yesterday`)).status).toBe(400);
  expect((await call(members.pusher, 'GET', `${at}/audit?before=-1`)).status).toBe(400);
});

test('an admin can read the audit log of one registry or of all', async () => {
  const { registryId, members } = await createTeam();
  const read = async (query: string) => {
    const response = await call(admin, 'GET', `/admin/audit?action=registry.create${query}`);
    return ((await response.json()) as { events?: { actor: string }[] }).events?.map(({ actor }) => actor);
  };
  expect(await read(`&registry=${registryId}`)).toEqual([members.owner.email]);
  expect((await read(''))?.length).toBeGreaterThan(1);
  expect((await call(admin, 'GET', '/admin/audit?registry=000000000000')).status).toBe(404);
  expect((await call(admin, 'GET', '/admin/audit/export?registry=x')).status).toBe(404);
});

test('a page can be reported, quarantined and taken down through the API alone', async () => {
  const owner = await newUser();
  const repository = `${owner.alias}/app`;
  const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: owner.alias } });
  await site.app.db.repository.create({ data: { registryKey, name: 'app' } });
  const report = { target: repository, reason: 'malware', text: 'It mines coins on my machine.' };
  expect((await call(owner, 'POST', '/reports', report)).status).toBe(201);
  const { rows } = (await (await call(admin, 'GET', '/admin/reports')).json()) as { rows: { id: string }[] };
  const decision = { repository, reason: 'It mines coins.' };
  expect((await call(admin, 'POST', '/admin/quarantine', decision)).status).toBe(204);
  const { repositories } = (await (await call(admin, 'GET', '/admin/quarantine')).json()) as { repositories: object[] };
  expect(repositories).toMatchObject([{ fullName: repository, reason: decision.reason }]);
  const handled = { outcome: 'acted_on', note: 'In quarantine.' };
  expect((await call(admin, 'POST', `/admin/reports/${rows[0]?.id}/handle`, handled)).status).toBe(204);
  expect((await call(admin, 'POST', '/admin/quarantine/lift', { repository })).status).toBe(204);
  expect((await call(admin, 'POST', '/admin/takedowns', decision)).status).toBe(204);
  expect((await call(admin, 'POST', '/admin/takedowns', decision)).status).toBe(404);
});

test('users manage their sessions and notifications through the API, and admins their accounts', async () => {
  const user = await newUser();
  const { userId, email } = user.caller.principal;
  const { id } = await site.app.db.session.create({ data: { userId, method: 'password' } });
  expect(await (await call(user, 'GET', '/me/sessions')).json()).toMatchObject({ sessions: [{ id }] });
  expect((await call(admin, 'DELETE', `/me/sessions/${id}`)).status).toBe(404);
  expect((await call(user, 'DELETE', `/me/sessions/${id}`)).status).toBe(204);
  const at = `/admin/users/${userId}`;
  expect((await call(admin, 'PATCH', at, { role: 'reviewer' })).status).toBe(204);
  expect(await (await call(user, 'GET', '/me/notifications')).json()).toMatchObject({ unread: 1 });
  expect((await call(user, 'POST', '/me/notifications/read', {})).status).toBe(204);
  expect(await (await call(user, 'GET', '/me/notifications')).json()).toMatchObject({ unread: 0 });
  const disabled = await call(admin, 'POST', `${at}/disable`, { reason: 'Spam.' });
  expect(await disabled.json()).toEqual({ registriesLeft: 0, registriesKept: [] });
  expect((await call(user, 'GET', '/me')).status).toBe(401);
  const found = await call(admin, 'GET', `/admin/users?q=${encodeURIComponent(email)}&role=reviewer`);
  expect(await found.json()).toMatchObject({ total: 1, rows: [{ email, role: 'reviewer' }] });
  expect((await call(admin, 'POST', `${at}/enable`, {})).status).toBe(204);
});
