import { findMembershipOf } from '#lib/access/find-membership.sql.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import type { RegistryRole } from '#lib/access/schema.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { startMailServer, type MailServer } from '#lib/testing/servers/mail-server.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { changeMemberRole } from './change-member-role.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { inviteMember } from './invite-member.ts';
import { leaveRegistry } from './leave-registry.ts';
import { findInvitation, listInvitations, listMembers } from './member-queries.ts';
import { removeMember } from './remove-member.ts';
import { revokeInvitation } from './revoke-invitation.ts';
import { updateRegistryProfile } from '#lib/publishers/update-registry-profile.ts';

let site: TestApp;
let mail: MailServer;
beforeAll(async () => {
  mail = await startMailServer();
  site = await createTestApp({ SMTP_URL: mail.url, SMTP_FROM: 'Gallery <gallery@example.org>' });
});
afterAll(async () => {
  await site.close();
  await mail.close();
});

type Team = { registryKey: bigint; owner: TestUser; join: (role: RegistryRole) => Promise<TestUser> };

async function createTeam(): Promise<Team> {
  const owner = await site.createUser();
  const registry = await findRegistryByAlias(site.app, owner.alias);
  const registryKey = registry?.id ?? 0n;
  const join = async (role: RegistryRole) => {
    const user = await site.createUser();
    await site.app.db.member.create({ data: { registryKey, userId: user.caller.principal.userId, role } });
    return user;
  };
  return { registryKey, owner, join };
}

const idOf = (user: TestUser) => user.caller.principal.userId;
const secretOf = (link: string) => new URL(link).searchParams.get('secret') ?? '';
const invite = ({ registryKey, owner }: Team, email: string, role: RegistryRole = 'pusher') =>
  inviteMember(site.app, { caller: owner.caller, registryKey, email, role });

describe('invitations', () => {
  test('are emailed, stored as a hash and work once', async () => {
    const team = await createTeam();
    const guest = await site.createUser();
    const { link, isEmailSent } = await invite(team, 'Guest@Example.org');
    expect(isEmailSent).toBe(true);
    const message = mail.messages.at(-1);
    expect(message?.to).toEqual(['guest@example.org']);
    expect(message?.text.replaceAll('=\r\n', '').replaceAll('=3D', '=')).toContain(link);
    const row = await site.app.db.invitation.findFirstOrThrow({ where: { registryKey: team.registryKey } });
    expect(JSON.stringify(row, (_key, value: unknown) => String(value))).not.toContain(secretOf(link));
    expect(await findInvitation(site.app, { secret: secretOf(link) })).toMatchObject({ role: 'pusher' });

    const accept = () => acceptInvitation(site.app, { caller: guest.caller, secret: secretOf(link) });
    const both = await Promise.allSettled([accept(), accept()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await findMembershipOf(site.app, { userId: idOf(guest), registryKey: team.registryKey })).toMatchObject({
      role: 'pusher',
    });
    expect(await findInvitation(site.app, { secret: secretOf(link) })).toBeNull();
    await expect(accept()).rejects.toMatchObject({ code: 'not_found' });
    const audit = await site.app.db.auditEvent.findMany({ where: { registryKey: team.registryKey } });
    expect(audit.map(({ action }) => action)).toEqual(expect.arrayContaining(['invitation.create', 'member.join']));
    expect(await site.app.db.notification.count({ where: { userId: idOf(team.owner) } })).toBe(1);
  });

  test('are emailed with user names sanitised and quoted', async () => {
    const team = await createTeam();
    const name = 'You have won!\nOpen http://elsewhere.example/ "now"\u202e';
    // Such a name may predate name validation.
    await site.app.db.user.update({ where: { id: idOf(team.owner) }, data: { displayName: name } });
    const caller = { ...team.owner.caller, principal: { ...team.owner.caller.principal, displayName: name } };
    await inviteMember(site.app, { caller, registryKey: team.registryKey, email: 'won@example.org', role: 'reader' });
    const text = mail.messages.at(-1)?.text.replaceAll('=\r\n', '') ?? '';
    const body = text.slice(text.indexOf('\r\n\r\n')).trim();
    expect(body).toMatch(/^This is an invitation from the container registry at /);
    expect(body).toContain(`"You have won! Open http://elsewhere.example/ 'now'" invites you to join`);
  });

  test('are rate-limited per sender and recipient', async () => {
    const outcomes = async (sends: (() => Promise<unknown>)[]) => {
      const results: string[] = [];
      for (const send of sends)
        results.push(
          await send().then(
            () => 'sent',
            (error: { code: string }) => error.code,
          ),
        );
      return results;
    };
    const sent = mail.messages.length;
    const victim = 'victim@example.org';
    const teams = await Promise.all(Array.from({ length: 5 }, createTeam));
    expect(await outcomes(teams.map((team) => () => invite(team, victim)))).toEqual([
      ...['sent', 'sent', 'sent', 'rate_limited', 'rate_limited'],
    ]);
    expect(mail.messages.length).toBe(sent + 3);
    const [team] = teams.slice(-1);
    if (!team) throw new Error('no team');
    const many = await outcomes(Array.from({ length: 12 }, (_, i) => () => invite(team, `many-${i}@example.org`)));
    expect(many).toEqual([...Array.from({ length: 10 }, () => 'sent'), 'rate_limited', 'rate_limited']);
    // Rejected invitations aren't stored.
    expect(await site.app.db.invitation.count({ where: { registryKey: team.registryKey } })).toBe(10);
  });

  test('are rate-limited per registry', async () => {
    const team = await createTeam();
    const senders = [team.owner, await team.join('owner'), await team.join('owner')];
    const send = (i: number) =>
      invite({ ...team, owner: senders[i % 3] ?? team.owner }, `one-of-${i}-${team.registryKey}@example.org`);
    for (let i = 0; i < 20; i += 1) await send(i);
    await expect(send(20)).rejects.toThrow(/This registry has sent too many invitations/);
  });

  test('return the link even if the email fails', async () => {
    mail.setRefusing(true);
    const { isEmailSent, link } = await invite(await createTeam(), 'late@example.org');
    mail.setRefusing(false);
    expect(isEmailSent).toBe(false);
    expect(await findInvitation(site.app, { secret: secretOf(link) })).not.toBeNull();
  });

  test('cannot be accepted once replaced, revoked or expired', async () => {
    const team = await createTeam();
    const guest = await site.createUser();
    const accept = (link: string) =>
      acceptInvitation(site.app, { caller: guest.caller, secret: secretOf(link) }).catch((error: unknown) => error);
    const first = await invite(team, 'same@example.org');
    const second = await invite(team, 'same@example.org');
    expect(await accept(first.link)).toMatchObject({ code: 'not_found' });
    expect(await listInvitations(site.app, team)).toMatchObject([{ id: second.id, isExpired: false }]);
    await revokeInvitation(site.app, { caller: team.owner.caller, registryKey: team.registryKey, id: second.id });
    expect(await accept(second.link)).toMatchObject({ code: 'not_found' });
    const third = await invite(team, 'same@example.org');
    await site.app.db.invitation.update({ where: { id: third.id }, data: { expiresAt: new Date() } });
    expect(await accept(third.link)).toMatchObject({ code: 'not_found' });
  });

  test('require a proven address', async () => {
    const team = await createTeam();
    const guest = await site.createUser();
    await site.app.db.user.update({ where: { id: idOf(guest) }, data: { emailProvenAt: null } });
    const { link } = await invite(team, 'unproven@example.org');
    const accept = () => acceptInvitation(site.app, { caller: guest.caller, secret: secretOf(link) });
    await expect(accept()).rejects.toMatchObject({ code: 'forbidden' });
    await site.app.db.user.update({ where: { id: idOf(guest) }, data: { emailProvenAt: new Date() } });
    await accept();
    const row = await site.app.db.invitation.findFirstOrThrow({ where: { registryKey: team.registryKey } });
    expect(row.acceptedById).toBe(idOf(guest));
  });

  test('are revoked when their sender is removed', async () => {
    const team = await createTeam();
    const maintainer = await team.join('maintainer');
    const { link } = await inviteMember(site.app, {
      caller: maintainer.caller,
      registryKey: team.registryKey,
      email: 'friend@example.org',
      role: 'maintainer',
    });
    await removeMember(site.app, {
      caller: team.owner.caller,
      registryKey: team.registryKey,
      userId: idOf(maintainer),
    });
    expect(await findInvitation(site.app, { secret: secretOf(link) })).toBeNull();
  });

  test.each([
    ['an invalid address', { email: 'x', role: 'reader' }, 'invalid_input'],
    ['an invalid role', { email: 'x@example.org', role: 'king' }, 'invalid_input'],
  ])('reject %s', async (_name, input, code) => {
    const team = await createTeam();
    await expect(invite(team, input.email, input.role as RegistryRole)).rejects.toMatchObject({ code });
    expect(await site.app.db.invitation.count({ where: { registryKey: team.registryKey } })).toBe(0);
  });

  test('are rejected for existing members and from callers without permission', async () => {
    const team = await createTeam();
    const [reader, pusher] = [await team.join('reader'), await team.join('pusher')];
    await expect(invite(team, reader.email)).rejects.toMatchObject({ code: 'conflict' });
    for (const { caller } of [reader, pusher, await site.createUser()]) {
      const input = { caller, registryKey: team.registryKey, email: 'y@example.org', role: 'reader' } as const;
      await expect(inviteMember(site.app, input)).rejects.toMatchObject({ code: 'forbidden' });
    }
    const principal = await authenticateAccessToken(site.app, team.owner.token);
    const byPushToken = { ...team.owner.caller, principal };
    await expect(
      inviteMember(site.app, {
        caller: byPushToken,
        registryKey: team.registryKey,
        email: 'z@example.org',
        role: 'reader',
      }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('roles', () => {
  const change = (team: Team, by: TestUser, of: TestUser, role: RegistryRole) =>
    changeMemberRole(site.app, { caller: by.caller, registryKey: team.registryKey, userId: idOf(of), role });

  test('maintainers manage all members except owners', async () => {
    const team = await createTeam();
    const [maintainer, reader] = [await team.join('maintainer'), await team.join('reader')];
    await change(team, maintainer, reader, 'maintainer');
    const attempts = await Promise.allSettled([
      change(team, maintainer, reader, 'owner'),
      change(team, maintainer, maintainer, 'owner'),
      change(team, maintainer, team.owner, 'reader'),
      removeMember(site.app, { caller: maintainer.caller, registryKey: team.registryKey, userId: idOf(team.owner) }),
      inviteMember(site.app, {
        caller: maintainer.caller,
        registryKey: team.registryKey,
        email: 'o@example.org',
        role: 'owner',
      }),
    ]);
    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'forbidden' } });
    }
  });

  test('the last owner stays, even if two leave concurrently', async () => {
    const team = await createTeam();
    const { registryKey, owner } = team;
    await expect(change(team, owner, owner, 'reader')).rejects.toMatchObject({ code: 'conflict' });
    await expect(leaveRegistry(site.app, { caller: owner.caller, registryKey })).rejects.toMatchObject({
      code: 'conflict',
    });
    const second = await team.join('owner');
    const both = await Promise.allSettled(
      [owner, second].map(({ caller }) => leaveRegistry(site.app, { caller, registryKey })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await listMembers(site.app, { registryKey })).toMatchObject([{ role: 'owner' }]);
  });

  test('a removed member is notified and loses their role', async () => {
    const team = await createTeam();
    const reader = await team.join('reader');
    const removal = { caller: team.owner.caller, registryKey: team.registryKey, userId: idOf(reader) };
    await removeMember(site.app, removal);
    await expect(removeMember(site.app, removal)).rejects.toMatchObject({ code: 'not_found' });
    expect(await site.app.db.notification.count({ where: { userId: idOf(reader) } })).toBe(1);
    await expect(change(team, team.owner, reader, 'pusher')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the registry profile', () => {
  test('can be changed by managers, or only by admins once verified', async () => {
    const team = await createTeam();
    const { registryKey } = team;
    const update = ({ caller }: TestUser, displayName: string) =>
      updateRegistryProfile(site.app, { caller, registryKey, displayName });
    await update(team.owner, ' Acme Tools ');
    await expect(update(await team.join('pusher'), 'Mine')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(update(team.owner, 'a\u202Eb')).rejects.toMatchObject({ code: 'invalid_input' });
    await site.app.db.registry.update({ where: { id: registryKey }, data: { verifiedAt: new Date() } });
    await expect(update(team.owner, 'Big Bank')).rejects.toMatchObject({ code: 'forbidden' });
    expect(await site.app.db.registry.findUnique({ where: { id: registryKey } })).toMatchObject({
      displayName: 'Acme Tools',
    });
    await update(await site.createUser({ role: 'admin' }), 'Acme');
  });
});
