// Teams that follow the groups of the site's identity provider, at sign-in.
import { beforeEach, describe, expect, test } from 'vitest';
import { signInByOidc } from '#lib/identity/sessions/sign-in-by-oidc.ts';
import { MAX_TEAM_MEMBERS } from '#lib/identity/groups/schema.ts';
import { MAX_ATTACHED_LENGTH } from '#lib/identity/attached-policies/schema.ts';
import { attachManagedPolicy } from '#lib/publishers/managed-policies/attach-managed-policy.ts';
import { changeMemberRole } from '#lib/publishers/members/change-member-role.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { addTeamMember } from './add-team-member.ts';
import { createTeam } from './create-team.ts';
import { mapTeamGroups } from './map-team-groups.ts';
import { removeTeam } from './remove-team.ts';
import { removeTeamMember } from './remove-team-member.ts';
import { updateTeam } from './update-team.ts';

const ISSUER = 'https://id.example.org';
const oidc = { OIDC_ISSUER: ISSUER, OIDC_CLIENT_ID: 'vitrine', OIDC_CLIENT_SECRET: 'secret' };
const fixture = useRobotSite({ ...oidc, OIDC_GROUPS_CLAIM: 'realm.groups' });
let people = 0;
let sub = '';
let email = '';
beforeEach(() => {
  people += 1;
  sub = `person${people}`;
  email = `${sub}@example.org`;
});

async function createMapped(name: string, groups: string[], { owner, registryKey } = fixture): Promise<void> {
  const { app } = fixture.vitrine;
  await createTeam(app, { caller: owner.caller, registryKey, name, description: '' });
  const { caller } = await fixture.vitrine.createUser({ role: 'admin' });
  const { registryId } = await app.db.registry.findUniqueOrThrow({ where: { id: registryKey } });
  await mapTeamGroups(app, { caller, registryId, name, groups });
}

async function signIn(groups: unknown): Promise<string> {
  const claims = { iss: ISSUER, sub, email, email_verified: true, realm: { groups } };
  return (await signInByOidc(fixture.vitrine.app, { claims, currentUserId: null, address: null })).userId;
}

async function teams(): Promise<string[]> {
  const rows = await fixture.vitrine.app.db.teamMember.findMany({
    where: { member: { user: { email } } },
    include: { team: true },
  });
  return rows.map(({ team, isByGroup }) => `${team.name}${isByGroup ? '' : ' by hand'}`).sort();
}

const roles = async (registryKey = fixture.registryKey) =>
  (await fixture.vitrine.app.db.member.findMany({ where: { registryKey, user: { email } } })).map(({ role }) => role);
const addByHand = (name: string) =>
  addTeamMember(fixture.vitrine.app, {
    caller: fixture.owner.caller,
    registryKey: fixture.registryKey,
    name,
    member: email,
  });

test('a user joins the registry as a reader with the group, and leaves with it', async () => {
  await createMapped('release', [`/eng/${sub}`, `ops-${sub}`]);
  await createMapped('support', [`ops-${sub}`]);
  const userId = await signIn(['unknown', `/eng/${sub}`]);
  expect([await teams(), await roles()]).toEqual([['release'], ['reader']]);
  await signIn([`ops-${sub}`]);
  expect(await teams()).toEqual(['release', 'support']);
  await signIn([`ops-${sub}`]);
  const where = { registryKey: fixture.registryKey };
  const events = await fixture.vitrine.app.db.auditEvent.findMany({ where, orderBy: { id: 'asc' } });
  const caused = events.filter(({ actorLabel }) => actorLabel === 'system');
  expect(caused.map(({ action, target, after }) => ({ action, target, after }))).toEqual([
    { action: 'member.join-by-group', target: email, after: { role: 'reader' } },
    { action: 'team.add-member', target: 'release', after: { member: email, group: `/eng/${sub}` } },
    { action: 'team.add-member', target: 'support', after: { member: email, group: `ops-${sub}` } },
  ]);
  await signIn([]);
  expect([await teams(), await roles()]).toEqual([[], []]);
  const left = await fixture.vitrine.app.db.auditEvent.findMany({ where: { ...where, action: 'member.remove' } });
  expect(left).toMatchObject([{ target: email, actorLabel: 'system' }]);
  expect(await fixture.vitrine.app.db.user.count({ where: { id: userId, disabledAt: null } })).toBe(1);
});

test.each([
  ['without the claim', undefined],
  ['with null', null],
  ['with an object', { 0: 'g' }],
  ['with another one', 'other'],
])('memberships end %s', async (_, claim) => {
  await createMapped('release', [sub]);
  await signIn(sub);
  expect(await teams()).toEqual(['release']);
  await signIn(claim);
  expect([await teams(), await roles()]).toEqual([[], []]);
});

describe('what a person gave stays', () => {
  test('a membership of a team, and with it the registry', async () => {
    await createMapped('release', [sub]);
    await createMapped('support', []);
    await signIn([sub]);
    await addByHand('support');
    await signIn([]);
    expect([await teams(), await roles()]).toEqual([['support by hand'], ['reader']]);
  });

  test('a membership that an owner confirmed by adding the user again', async () => {
    await createMapped('release', [sub]);
    await signIn([sub]);
    await addByHand('release');
    await signIn([]);
    expect(await teams()).toEqual(['release by hand']);
  });

  test('a role in the registry', async () => {
    await createMapped('release', [sub]);
    const userId = await signIn([sub]);
    const { owner, registryKey } = fixture;
    await changeMemberRole(fixture.vitrine.app, { caller: owner.caller, registryKey, userId, role: 'pusher' });
    await signIn([]);
    expect([await teams(), await roles()]).toEqual([[], ['pusher']]);
  });

  test('a membership from before the group, with its role', async () => {
    await createMapped('release', [sub]);
    const userId = await signIn([]);
    const row = { registryKey: fixture.registryKey, userId, role: 'maintainer' } as const;
    await fixture.vitrine.app.db.member.create({ data: row });
    await signIn([sub]);
    expect([await teams(), await roles()]).toEqual([['release'], ['maintainer']]);
    await signIn([]);
    expect([await teams(), await roles()]).toEqual([[], ['maintainer']]);
  });
});

test('a group reaches teams of several registries, and a removed team takes the registry along', async () => {
  const owner = await fixture.vitrine.createUser();
  const registryKey = await ensureRegistry(fixture.vitrine.app, { caller: owner.caller });
  await createMapped('here', [sub]);
  await createMapped('there', [sub], { ...fixture, owner, registryKey });
  await signIn([sub]);
  expect(await teams()).toEqual(['here', 'there']);
  await removeTeam(fixture.vitrine.app, { caller: owner.caller, registryKey, name: 'there' });
  await signIn([sub]);
  expect([await teams(), await roles(registryKey), await roles()]).toEqual([['here'], [], ['reader']]);
});

test('hostile groups are ignored, and only 200 are read', async () => {
  await createMapped('release', ['wanted', 'a b', '1']);
  const hostile = [
    1,
    true,
    null,
    ['wanted'],
    { wanted: true },
    'want\0ed',
    'a\nb',
    'a\u202eb',
    'x'.repeat(256),
    '',
    ' ',
  ];
  await signIn(hostile);
  expect(await teams()).toEqual([]);
  await signIn([...hostile, ...Array.from({ length: 200 - hostile.length }, (_, i) => `g${i}`), 'wanted']);
  expect(await teams()).toEqual([]);
  await signIn([...hostile, 'wanted', 'wanted']);
  expect(await teams()).toEqual(['release']);
});

test('a full team refuses nobody the sign-in', async () => {
  await createMapped('release', [sub]);
  const { db } = fixture.vitrine.app;
  const { registryKey } = fixture;
  const { id: teamId } = await db.team.findFirstOrThrow({ where: { registryKey } });
  const data = Array.from({ length: MAX_TEAM_MEMBERS }, (_, i) => ({
    email: `full${i}.${registryKey}@example.org`,
    displayName: 'M',
  }));
  const users = await db.user.createManyAndReturn({ data, select: { id: true } });
  await db.member.createMany({ data: users.map(({ id: userId }) => ({ registryKey, userId, role: 'reader' })) });
  await db.teamMember.createMany({ data: users.map(({ id: userId }) => ({ teamId, registryKey, userId })) });
  await signIn([sub]);
  expect([await teams(), await roles()]).toEqual([[], []]);
});

test('concurrent sign-ins leave one membership each', async () => {
  await createMapped('release', [sub]);
  await Promise.all(Array.from({ length: 5 }, () => signIn([sub])));
  expect([await teams(), await roles()]).toEqual([['release'], ['reader']]);
});

test('policies of a team come and go with the group', async () => {
  await createMapped('release', [sub]);
  const { db } = fixture.vitrine.app;
  const asked = { caller: fixture.owner.caller, registryKey: fixture.registryKey, principal: 'team:release' };
  await attachManagedPolicy(fixture.vitrine.app, { ...asked, policy: 'aws:AmazonEC2ContainerRegistryPullOnly' });
  const attached = async () =>
    (await db.member.findMany({ where: { registryKey: fixture.registryKey, user: { email } } })).map(
      ({ attachedPolicies }) => attachedPolicies,
    );
  await signIn([sub]);
  expect(await attached()).toEqual(['[{"name":"team:release/aws:AmazonEC2ContainerRegistryPullOnly"}]']);
  await addByHand('release');
  const { id: userId } = await db.user.findUniqueOrThrow({ where: { email } });
  await changeMemberRole(fixture.vitrine.app, { ...fixture, caller: fixture.owner.caller, userId, role: 'none' });
  await removeTeamMember(fixture.vitrine.app, { ...asked, name: 'release', member: email });
  expect(await attached()).toEqual([null]);
  await signIn([sub]);
  expect(await attached()).toHaveLength(1);
  await signIn([]);
  expect([await attached(), await roles()]).toEqual([[null], ['none']]);
});

test('a team decides what its group’s users become, of whose roles the highest holds', async () => {
  await createMapped('pullers', [`all-${sub}`]);
  await createMapped('readers', [sub]);
  const { app } = fixture.vitrine;
  const asked = { caller: fixture.owner.caller, registryKey: fixture.registryKey };
  await updateTeam(app, { ...asked, name: 'pullers', joinRole: 'none' });
  await signIn([`all-${sub}`]);
  expect([await teams(), await roles()]).toEqual([['pullers'], ['none']]);
  await signIn([`all-${sub}`, sub]);
  expect([await teams(), await roles()]).toEqual([['pullers', 'readers'], ['reader']]);
  await signIn([`all-${sub}`]);
  expect([await teams(), await roles()]).toEqual([['pullers'], ['none']]);
  const changes = await app.db.auditEvent.findMany({
    where: { registryKey: fixture.registryKey, action: 'member.change-role', target: email },
    orderBy: { id: 'asc' },
  });
  expect(changes.map(({ actorLabel, before, after }) => [actorLabel, before, after])).toMatchObject([
    ['system', { role: 'none' }, { role: 'reader' }],
    ['system', { role: 'reader' }, { role: 'none' }],
  ]);
  await updateTeam(app, { ...asked, name: 'pullers', joinRole: 'reader' });
  await signIn([`all-${sub}`]);
  expect(await roles()).toEqual(['reader']);
  const { id: userId } = await app.db.user.findUniqueOrThrow({ where: { email } });
  await changeMemberRole(app, { ...asked, userId, role: 'none' });
  await signIn([`all-${sub}`]);
  expect(await roles()).toEqual(['none']);
  const wrong = updateTeam(app, { ...asked, name: 'pullers', joinRole: 'owner' as 'none' });
  await expect(wrong).rejects.toMatchObject({ code: 'invalid_input' });
});

test('a team that would give a user too many policies is skipped', async () => {
  await createMapped('release', [sub]);
  const { db } = fixture.vitrine.app;
  const policies = JSON.stringify([{ name: 'long', policy: 'x'.repeat(MAX_ATTACHED_LENGTH) }]);
  await db.team.updateMany({ where: { registryKey: fixture.registryKey }, data: { policies } });
  await signIn([sub]);
  expect([await teams(), await roles()]).toEqual([[], ['reader']]);
  await db.team.updateMany({ where: { registryKey: fixture.registryKey }, data: { policies: null } });
  await signIn([sub]);
  expect(await teams()).toEqual(['release']);
});
