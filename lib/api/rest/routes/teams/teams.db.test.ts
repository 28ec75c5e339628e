// Teams by REST.
import { beforeEach, expect, test } from 'vitest';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import type { TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

const fixture = useRobotSite();
let registryId = '';
let token = '';
const createToken = async ({ caller }: Pick<TestUser, 'caller'>) => {
  const scopes = ['pull', 'push', 'delete', 'api:write'];
  return (await createAccessToken(fixture.vitrine.app, { caller, name: 'test', scopes, expiresInDays: 1 })).secret;
};
beforeEach(async () => {
  const { db } = fixture.vitrine.app;
  ({ registryId } = await db.registry.findUniqueOrThrow({ where: { id: fixture.registryKey } }));
  token = await createToken(fixture.owner);
});

async function call(method: string, path: string, { as = token, body }: { as?: string; body?: unknown } = {}) {
  const response = await handleRestRequest(
    fixture.vitrine.app,
    new Request(`http://localhost/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${as}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

test('an owner creates a team, fills it, and removes it', async () => {
  const teams = `/registries/${registryId}/teams`;
  const body = { name: 'release', description: 'Ships.' };
  expect(await call('POST', teams, { body })).toMatchObject({ status: 201, body: { name: 'release' } });
  expect((await call('POST', teams, { body })).status).toBe(409);
  expect((await call('PATCH', `${teams}/release`, { body: { description: 'Publishes.' } })).status).toBe(204);
  expect((await call('PATCH', `${teams}/release`, { body: { joinRole: 'none' } })).status).toBe(204);
  expect((await call('PATCH', `${teams}/release`, { body: { joinRole: 'owner' } })).status).toBe(400);
  const robot = await createTestRobot(fixture.vitrine, fixture.owner);
  const member = `${teams}/release/members/${robot.name}`;
  expect((await call('PUT', member)).status).toBe(204);
  const person = encodeURIComponent(fixture.owner.email);
  expect((await call('PUT', `${teams}/release/members/${person}`)).status).toBe(204);
  expect((await call('PUT', `${teams}/release/members/nobody@example.org`)).status).toBe(404);
  expect((await call('GET', `${teams}/release/members`)).body).toMatchObject({
    members: expect.arrayContaining([
      expect.objectContaining({ kind: 'robot', name: robot.name, role: 'pusher', isByGroup: false }),
      expect.objectContaining({ kind: 'person', name: fixture.owner.email, role: 'owner' }),
    ]) as unknown,
  });
  expect((await call('DELETE', member)).status).toBe(204);
  expect((await call('GET', teams)).body).toMatchObject({
    teams: [{ name: 'release', description: 'Publishes.', memberCount: 1, groups: [], joinRole: 'none' }],
  });
  expect((await call('DELETE', `${teams}/release`)).status).toBe(204);
  expect((await call('GET', `${teams}/release/members`)).status).toBe(404);
});

test('an admin maps groups of the identity provider, an owner may not', async () => {
  await call('POST', `/registries/${registryId}/teams`, { body: { name: 'release' } });
  const path = `/admin/registries/${registryId}/teams/release/groups`;
  const groups = ['/eng/release', 'Entwickler für alles', '/eng/release'];
  expect((await call('PUT', path, { body: { groups } })).status).toBe(403);
  const as = await createToken(await fixture.vitrine.createUser({ role: 'admin' }));
  const mapped = ['/eng/release', 'Entwickler für alles'];
  expect(await call('PUT', path, { as, body: { groups } })).toMatchObject({ status: 200, body: { groups: mapped } });
  expect((await call('GET', `/registries/${registryId}/teams`)).body).toMatchObject({ teams: [{ groups: mapped }] });
  const events = await fixture.vitrine.app.db.auditEvent.findMany({
    where: { action: 'team.map-groups', target: 'release' },
  });
  expect(events.at(-1)).toMatchObject({ before: { groups: [] }, after: { groups: mapped } });
  for (const wrong of [['a\nb'], [''], ['x'.repeat(256)], Array.from({ length: 51 }, (_, i) => `g${i}`)])
    expect((await call('PUT', path, { as, body: { groups: wrong } })).status).toBe(400);
  expect((await call('PUT', path.replace('release', 'nothing'), { as, body: { groups } })).status).toBe(404);
  expect((await call('PUT', path.replace(registryId, '000000000000'), { as, body: { groups } })).status).toBe(404);
});
