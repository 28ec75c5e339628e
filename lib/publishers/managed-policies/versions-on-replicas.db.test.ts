// A new default version holds on every replica, also for pulls that are answered from memory.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { addTeamMember } from '#lib/publishers/teams/add-team-member.ts';
import { createTeam } from '#lib/publishers/teams/create-team.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { attachManagedPolicy } from './attach-managed-policy.ts';
import { createManagedPolicy } from './create-managed-policy.ts';
import { createPolicyVersion } from './create-policy-version.ts';
import { updateManagedPolicy } from './update-managed-policy.ts';

const BLOB = 'the bytes of a layer';
let one: TestApp;
let two: TestApp;
let owner: TestUser;
beforeAll(async () => {
  const site = { PUBLIC_URL: 'https://registry.example' };
  one = await createTestApp(site);
  const { databaseUrl, dataDir } = one.app.config;
  two = await createTestApp({ ...site, DATABASE_URL: databaseUrl ?? '', DATA_DIR: dataDir });
  owner = await one.createUser();
});
afterAll(async () => {
  await two.close();
  await one.close();
});

const textOf = (Effect: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect, Action: 'ecr:*', Resource: '*' } });

test.each(['the robot', 'its team'])('within a second, when it is attached to %s', async (holder) => {
  const { caller, alias } = owner;
  const registryKey = await ensureRegistry(one.app, { caller });
  const asked = { caller, registryKey };
  const name = holder.replaceAll(' ', '-');
  const fullName = `${alias}/${name}`;
  await createRawClient(one.url, basic(owner.token)).pushBlob(fullName, BLOB);
  await one.app.db.repository.updateMany({ where: { registryKey, name }, data: { visibility: 'private' } });
  const robot = await createTestRobot(one, owner, { role: 'none' });
  await createManagedPolicy(one.app, { ...asked, name, description: '', text: textOf('Allow') });
  if (holder === 'its team') {
    await createTeam(one.app, { ...asked, name, description: '' });
    await addTeamMember(one.app, { ...asked, name, member: robot.name });
  }
  const principal = holder === 'its team' ? `team:${name}` : robot.name;
  await attachManagedPolicy(one.app, { ...asked, principal, policy: name });
  const pull = async ({ url }: TestApp) =>
    (await createRawClient(url, basic(robot.token)).send('GET', `/v2/${fullName}/blobs/${sha256(BLOB)}`)).status;
  for (const site of [one, two]) {
    await vi.waitFor(
      async () => {
        const query = vi.spyOn(site.app.pool, 'query');
        const status = await pull(site);
        const queries = query.mock.calls.length;
        query.mockRestore();
        expect([status, queries]).toEqual([200, 0]);
      },
      { timeout: 10_000, interval: 50 },
    );
  }
  await createPolicyVersion(one.app, { ...asked, name, text: textOf('Deny'), isDefault: true });
  expect(await pull(one)).toBe(404);
  await vi.waitFor(async () => expect(await pull(two)).toBe(404), { timeout: 5_000, interval: 20 });
  await updateManagedPolicy(one.app, { ...asked, name, defaultVersion: 1 });
  await vi.waitFor(async () => expect(await pull(two)).toBe(200), { timeout: 5_000, interval: 20 });
});
