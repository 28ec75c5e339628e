// What owners do with teams, and what everyone else may see of them.
import { beforeEach, describe, expect, test } from 'vitest';
import type { RegistryRole, UserCaller } from '#lib/access/schema.ts';
import { MAX_TEAM_MEMBERS } from '#lib/identity/groups/schema.ts';
import { leaveRegistry } from '#lib/publishers/members/leave-registry.ts';
import { removeRobot } from '#lib/publishers/robots/remove-robot.ts';
import type { TestApp, TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot } from '#lib/testing/create-test-robot.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { addTeamMember } from './add-team-member.ts';
import { createTeam } from './create-team.ts';
import { removeTeam } from './remove-team.ts';
import { removeTeamMember } from './remove-team-member.ts';
import { MAX_TEAMS } from './schema.ts';
import { listTeamMembers, listTeams } from './team-queries.ts';
import { updateTeam } from './update-team.ts';

const fixture = useRobotSite();
let site: TestApp;
let owner: TestUser;
let ownerId: string;
let registryKey: bigint;
const name = 'release';
beforeEach(async () => {
  ({ vitrine: site, owner, registryKey } = fixture);
  ownerId = owner.caller.principal.userId;
  await createTeam(site.app, { caller: owner.caller, registryKey, name, description: 'Publishes releases.' });
});

const add = (member: string, caller: UserCaller = owner.caller) =>
  addTeamMember(site.app, { caller, registryKey, name, member });
const remove = (member: string) => removeTeamMember(site.app, { caller: owner.caller, registryKey, name, member });
const names = async (caller: UserCaller = owner.caller) =>
  (await listTeamMembers(site.app, { caller, registryKey, name })).map((member) => member.name);
const audited = (action: string) =>
  site.app.db.auditEvent.findMany({ where: { registryKey, action }, orderBy: { id: 'asc' } });

describe('a team', () => {
  test('has people and robots of its registry, by address, name or id', async () => {
    const { principal } = await fixture.join('reader');
    const robot = await createTestRobot(site, owner);
    await add(` ${principal.email.toUpperCase()} `);
    await add(robot.name);
    await add(ownerId);
    await add(ownerId);
    expect(await names(await fixture.join('reader'))).toEqual([principal.email, owner.email, robot.name].sort());
    expect(await listTeams(site.app, { caller: owner.caller, registryKey })).toMatchObject([
      { name, description: 'Publishes releases.', memberCount: 3, groups: [] },
    ]);
    const added = await audited('team.add-member');
    expect(added.map(({ target, after }) => ({ target, after }))).toEqual(
      [principal.email, robot.name, owner.email].map((member) => ({ target: name, after: { member } })),
    );
    await remove(robot.userId);
    expect(await names()).not.toContain(robot.name);
    await expect(remove(robot.name)).rejects.toMatchObject({ code: 'not_found' });
    expect(await audited('team.remove-member')).toMatchObject([{ before: { member: robot.name } }]);
  });

  test('loses people who leave the registry, and robots that are removed', async () => {
    const caller = await fixture.join('pusher');
    const robot = await createTestRobot(site, owner);
    await add(caller.principal.email);
    await add(robot.name);
    await leaveRegistry(site.app, { caller, registryKey });
    await removeRobot(site.app, { caller: owner.caller, registryKey, name: robot.name });
    expect(await names()).toEqual([]);
  });

  test('takes no stranger, role or robot of another registry', async () => {
    const stranger = await site.createUser();
    const strangerId = stranger.caller.principal.userId;
    const foreign = await createTestRobot(site, stranger);
    const roleUser = await site.app.db.user.create({
      data: { kind: 'role', email: 'role:000000000000/x', displayName: 'x', registryKey },
    });
    await site.app.db.member.create({ data: { registryKey, userId: roleUser.id, role: 'reader' } });
    const refused = [stranger.email, strangerId, foreign.name, foreign.userId, roleUser.id, roleUser.email];
    for (const member of [...refused, '', '%', 'a\0b', `robot:${foreign.registryId}/${foreign.name}`])
      await expect(add(member)).rejects.toMatchObject({ code: 'not_found' });
    const teamId = (await site.app.db.team.findFirstOrThrow({ where: { registryKey } })).id;
    const row = { teamId, registryKey, userId: strangerId };
    await expect(site.app.db.teamMember.create({ data: row })).rejects.toThrow();
    const home = (await site.app.db.member.findFirstOrThrow({ where: { userId: strangerId } })).registryKey;
    await expect(site.app.db.teamMember.create({ data: { ...row, registryKey: home } })).rejects.toThrow();
  });

  test('is described and removed, which the audit log shows', async () => {
    await add(owner.email);
    const change = { caller: owner.caller, registryKey, name, description: 'Ships.' };
    await updateTeam(site.app, change);
    await updateTeam(site.app, change);
    expect(await audited('team.update')).toMatchObject([
      { before: { description: 'Publishes releases.' }, after: { description: 'Ships.' } },
    ]);
    await removeTeam(site.app, { caller: owner.caller, registryKey, name });
    expect(await audited('team.remove')).toMatchObject([{ target: name, before: { members: 1 } }]);
    await expect(names()).rejects.toMatchObject({ code: 'not_found' });
    expect(await site.app.db.member.count({ where: { registryKey, userId: ownerId } })).toBe(1);
  });

  test.each(['', 'Release', 'a b', '-a', 'a\0', 'a/b', 'a'.repeat(65)])('refuses the name %j', async (bad) => {
    const asked = { caller: owner.caller, registryKey, name: bad, description: '' };
    await expect(createTeam(site.app, asked)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(removeTeam(site.app, asked)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('has a name of its own in the registry only', async () => {
    const asked = { caller: owner.caller, registryKey, name, description: '' };
    await expect(createTeam(site.app, asked)).rejects.toMatchObject({ code: 'name_taken' });
    await expect(createTeam(site.app, { ...asked, description: 'a\nb' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

describe('only owners', () => {
  test.each<RegistryRole | 'stranger' | 'admin'>(['maintainer', 'pusher', 'reader', 'stranger', 'admin'])(
    'change teams, not a %s',
    async (who) => {
      const isOutside = who === 'stranger' || who === 'admin';
      const caller = isOutside
        ? (await site.createUser(who === 'admin' ? { role: 'admin' } : {})).caller
        : await fixture.join(who);
      const asked = { caller, registryKey, name, description: 'x' };
      const member = caller.principal.email;
      for (const attempt of [
        () => createTeam(site.app, { ...asked, name: 'other' }),
        () => updateTeam(site.app, asked),
        () => removeTeam(site.app, asked),
        () => addTeamMember(site.app, { ...asked, member }),
        () => removeTeamMember(site.app, { ...asked, member }),
      ])
        await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
      const list = listTeams(site.app, asked);
      await (isOutside
        ? expect(list).rejects.toMatchObject({ code: 'forbidden' })
        : expect(list).resolves.toHaveLength(1));
    },
  );
});

describe('limits', () => {
  test('stop at so many teams', async () => {
    const data = Array.from({ length: MAX_TEAMS - 1 }, (_, i) => ({ registryKey, name: `team${i}` }));
    await site.app.db.team.createMany({ data });
    const asked = { caller: owner.caller, registryKey, name: 'more', description: '' };
    await expect(createTeam(site.app, asked)).rejects.toMatchObject({ code: 'quota_exceeded' });
  });

  test('stop at so many members', async () => {
    const { db } = site.app;
    const { id: teamId } = await db.team.findFirstOrThrow({ where: { registryKey, name } });
    const data = Array.from({ length: MAX_TEAM_MEMBERS }, (_, i) => ({
      email: `member${i}.${registryKey}@example.org`,
      displayName: 'M',
    }));
    const users = await db.user.createManyAndReturn({ data, select: { id: true } });
    await db.member.createMany({ data: users.map(({ id: userId }) => ({ registryKey, userId, role: 'reader' })) });
    await db.teamMember.createMany({ data: users.map(({ id: userId }) => ({ teamId, registryKey, userId })) });
    await expect(add(owner.email)).rejects.toMatchObject({ code: 'quota_exceeded' });
  });
});
