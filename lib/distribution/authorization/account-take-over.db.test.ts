// A squatter signs up with an address that isn't theirs, sets everything up, and waits for its owner.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptInvitation } from '#lib/publishers/members/accept-invitation.ts';
import { changeMemberRole } from '#lib/publishers/members/change-member-role.ts';
import { offerTransfer } from '#lib/repositories/moves/offer-transfer.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { inviteMember } from '#lib/publishers/members/invite-member.ts';
import { listMembers } from '#lib/publishers/members/member-queries.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { setRegistryPolicy } from '#lib/repositories/registry-policy/set-registry-policy.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createSignInLink } from '#lib/identity/sessions/create-sign-in-link.ts';
import { ensureFirstAdmin } from '#lib/identity/accounts/ensure-first-admin.ts';
import { findSessionUser } from '#lib/identity/sessions/find-session-user.ts';
import { redeemSignInLink } from '#lib/identity/sessions/redeem-sign-in-link.ts';
import { NO_REQUEST, type RegistryRole, type UserCaller } from '#lib/access/schema.ts';
import { signInByOidc } from '#lib/identity/sessions/sign-in-by-oidc.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { signUpUser } from '#lib/identity/sign-up/sign-up-user.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { toUserPrincipal } from '#lib/identity/accounts/store.ts';

const ISSUER = 'https://id.example.org';
const IMAGE = {
  platform: { os: 'linux', architecture: 'amd64' },
  layers: [[{ path: 'secret.txt', content: 'private' }]],
  created: '2026-01-01T00:00:00Z',
};
const PASSWORD = 'the attacker’s password';

let site: TestApp;
beforeAll(async () => {
  const env = { OIDC_ISSUER: ISSUER, OIDC_CLIENT_ID: 'vitrine', OIDC_CLIENT_SECRET: 'secret' };
  site = await createTestApp({ ...env, SIGN_UPS_PER_HOUR: '0' });
});
afterAll(() => site.close());

let serial = 0;
type Squatter = { caller: UserCaller; email: string; alias: string; registryKey: bigint; token: string };

async function squat(): Promise<Squatter> {
  const { app } = site;
  const email = `victim-${(serial += 1)}@example.org`;
  const { userId } = await signUpUser(app, { email, password: PASSWORD, displayName: 'Eve', address: null });
  const user = await app.db.user.findUniqueOrThrow({ where: { id: userId } });
  const caller: UserCaller = { principal: toUserPrincipal(user, null), context: NO_REQUEST };
  const registryKey = await ensureRegistry(app, { caller });
  const [registry] = await listRegistries(app, { userId });
  const { secret } = await createAccessToken(app, {
    caller,
    name: 'waiting',
    scopes: ['repository:*:pull,push,delete'],
    expiresInDays: null,
  });
  return { caller, email, alias: registry?.primaryAlias ?? '', registryKey, token: secret };
}

const secretOf = (link: string) => new URL(link).searchParams.get('secret') ?? '';
const invite = (caller: UserCaller, registryKey: bigint, role: RegistryRole) =>
  inviteMember(site.app, { caller, registryKey, email: `${role}-${(serial += 1)}@example.org`, role });

/** Invites a user, who accepts. */
async function letIn(by: UserCaller, registryKey: bigint, who: UserCaller, role: RegistryRole): Promise<void> {
  const { link } = await invite(by, registryKey, role);
  await acceptInvitation(site.app, { caller: who, secret: secretOf(link) });
}

const comeByOidc = (email: string, currentUserId: string | null = null) =>
  signInByOidc(site.app, {
    claims: { iss: ISSUER, sub: `owner of ${email}`, email, email_verified: true },
    currentUserId,
    address: null,
  });

async function callerOf(userId: string): Promise<UserCaller> {
  const user = await site.app.db.user.findUniqueOrThrow({ where: { id: userId } });
  return { principal: toUserPrincipal(user, null), context: NO_REQUEST };
}

async function loginTokens(user: string, password: string, fullName: string) {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const query = new URLSearchParams({
    service: site.host,
    scope: `repository:${fullName}:pull`,
    offline_token: 'true',
  });
  const response = await fetch(`${site.url}/token?${query}`, { headers: { authorization } });
  return (await response.json()) as { token: string; refresh_token: string };
}

async function refresh(refreshToken: string): Promise<number> {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    service: site.host,
    client_id: 'test',
  });
  return (await fetch(`${site.url}/token`, { method: 'POST', body })).status;
}

const pull = async (fullName: string, authorization: string) =>
  (await fetch(`${site.url}/v2/${fullName}/manifests/v1`, { headers: { authorization } })).status;

const ownersOf = async (registryKey: bigint) =>
  (await listMembers(site.app, { registryKey })).map(({ userId, role }) => `${role} ${userId}`);

describe('an account created with another person’s address', () => {
  let eve: Squatter;
  let accomplice: TestUser;
  let reader: TestUser;
  let openLink = '';
  let sessionId = '';
  let linkSecret = '';
  let eveTokens: { token: string; refresh_token: string };
  let accompliceTokens: { token: string; refresh_token: string };
  let fullName = '';
  let victim: UserCaller;

  beforeAll(async () => {
    const { app } = site;
    eve = await squat();
    [accomplice, reader] = [await site.createUser(), await site.createUser()];
    await letIn(eve.caller, eve.registryKey, accomplice.caller, 'owner');
    await letIn(accomplice.caller, eve.registryKey, reader.caller, 'reader');
    openLink = (await invite(accomplice.caller, eve.registryKey, 'reader')).link;
    fullName = `${eve.alias}/secret`;
    await createRepository(app, { caller: eve.caller, alias: eve.alias, name: 'secret', visibility: 'private' });
    sessionId = await openTestSession(app, { user: eve.caller.principal });
    linkSecret = (await createSignInLink(app, { userId: eve.caller.principal.userId })).secret;
    eveTokens = await loginTokens('eve', eve.token, fullName);
    accompliceTokens = await loginTokens('accomplice', accomplice.token, fullName);
    await offerTransfer(app, { caller: eve.caller, fullName, to: reader.alias });
    await app.db.upstream.create({
      data: {
        registryKey: eve.registryKey,
        host: 'registry.example.net',
        username: 'eve',
        sealedPassword: new Uint8Array([1]),
      },
    });

    const owner = await comeByOidc(eve.email);
    expect(owner.userId).toBe(eve.caller.principal.userId);
    victim = await callerOf(owner.userId);
    const { secret } = await createAccessToken(app, {
      caller: victim,
      name: 'laptop',
      scopes: ['push'],
      expiresInDays: 1,
    });
    await createDistributionClient(site.url, secret).push(fullName, await buildImage(IMAGE), ['v1']);
    expect(await pull(fullName, `Bearer ${(await loginTokens('victim', secret, fullName)).token}`)).toBe(200);
  });

  test('belongs only to the owner of the address', async () => {
    expect(await ownersOf(eve.registryKey)).toEqual([`owner ${victim.principal.userId}`]);
    expect(await ensureRegistry(site.app, { caller: victim })).toBe(eve.registryKey);
    const user = await site.app.db.user.findUniqueOrThrow({ where: { id: victim.principal.userId } });
    expect(user.emailProvenAt).not.toBeNull();
    const audit = await site.app.db.auditEvent.findFirstOrThrow({ where: { action: 'user.take-over' } });
    expect(audit).toMatchObject({ target: eve.email, after: { registriesKept: 1, membersRemoved: 2 } });
  });

  test('cannot be opened by its creator with a password, session or link', async () => {
    const { app } = site;
    const signIn = signInUser(app, { email: eve.email, password: PASSWORD, address: null });
    await expect(signIn).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await findSessionUser(app, { sessionId })).toBeNull();
    await expect(redeemSignInLink(app, { secret: linkSecret, address: null })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('does not show its images to older tokens', async () => {
    const basic = (secret: string) => `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`;
    expect(await pull(fullName, basic(eve.token))).toBe(401);
    expect(await pull(fullName, `Bearer ${eveTokens.token}`)).toBe(401);
    expect(await refresh(eveTokens.refresh_token)).toBe(401);
    for (const other of [accomplice, reader]) expect(await pull(fullName, basic(other.token))).toBe(404);
    expect(await pull(fullName, `Bearer ${accompliceTokens.token}`)).toBe(404);
    const again = await fetch(`${site.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: accompliceTokens.refresh_token,
        service: site.host,
        client_id: 'test',
        scope: `repository:${fullName}:pull`,
      }),
    });
    const { access_token: bought } = (await again.json()) as { access_token: string };
    expect(await pull(fullName, `Bearer ${bought}`)).toBe(404);
  });

  test('does not accept older invitations', async () => {
    const accept = acceptInvitation(site.app, { caller: accomplice.caller, secret: secretOf(openLink) });
    await expect(accept).rejects.toMatchObject({ code: 'not_found' });
  });

  test('does not hand over repositories that were offered to others', async () => {
    expect(await site.app.db.repositoryTransfer.count({ where: { fromRegistryKey: eve.registryKey } })).toBe(0);
  });

  test('does not keep the password of a mirror', async () => {
    const upstream = await site.app.db.upstream.findFirstOrThrow({ where: { registryKey: eve.registryKey } });
    expect(upstream).toMatchObject({ username: null, sealedPassword: null });
  });
});

describe('registries of an account that is taken over', () => {
  test('an owner demoted by the accomplice is the owner again', async () => {
    const eve = await squat();
    const accomplice = await site.createUser();
    await letIn(eve.caller, eve.registryKey, accomplice.caller, 'owner');
    await changeMemberRole(site.app, {
      caller: accomplice.caller,
      registryKey: eve.registryKey,
      userId: eve.caller.principal.userId,
      role: 'reader',
    });
    const { userId } = await comeByOidc(eve.email);
    expect(await ownersOf(eve.registryKey)).toEqual([`owner ${userId}`]);
  });

  test('it leaves other users’ registries, together with the members it invited there', async () => {
    const [eve, stranger, friend] = [await squat(), await site.createUser(), await site.createUser()];
    const registryKey = (await findRegistryByAlias(site.app, stranger.alias))?.id ?? 0n;
    await letIn(stranger.caller, registryKey, eve.caller, 'owner');
    await letIn(stranger.caller, registryKey, friend.caller, 'pusher');
    const accomplice = await site.createUser();
    await letIn(eve.caller, registryKey, accomplice.caller, 'owner');
    const victim = await callerOf((await comeByOidc(eve.email)).userId);
    expect(await ownersOf(registryKey)).toEqual([
      `owner ${stranger.caller.principal.userId}`,
      `pusher ${friend.caller.principal.userId}`,
    ]);
    expect(await ensureRegistry(site.app, { caller: victim })).toBe(eve.registryKey);
  });

  test('policies that it saved for registries end', async () => {
    const [eve, stranger] = [await squat(), await site.createUser()];
    const shared = (await findRegistryByAlias(site.app, stranger.alias))?.id ?? 0n;
    await letIn(stranger.caller, shared, eve.caller, 'owner');
    const save = (caller: UserCaller, registryKey: bigint, Action: string) =>
      setRegistryPolicy(site.app, {
        caller,
        registryKey,
        text: JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action, Resource: '*' } }),
      });
    const findPolicy = async (id: bigint) =>
      (await site.app.db.registry.findUniqueOrThrow({ where: { id }, select: { policy: true } })).policy;
    await save(eve.caller, eve.registryKey, 'ecr:*');
    await save(eve.caller, shared, 'ecr:*');
    await save(stranger.caller, shared, 'ecr:ListImages');
    await comeByOidc(eve.email);
    expect(await findPolicy(eve.registryKey)).toBeNull();
    expect(await findPolicy(shared)).toContain('ecr:ListImages');

    const other = await squat();
    await letIn(stranger.caller, shared, other.caller, 'owner');
    await save(other.caller, shared, 'ecr:*');
    await comeByOidc(other.email);
    expect(await findPolicy(shared)).toBeNull();
    const events = await site.app.db.auditEvent.findMany({
      where: { action: 'registry.set-policy', registryKey: shared },
      orderBy: { id: 'desc' },
    });
    expect(events[0]).toMatchObject({ after: { policy: null } });
  });

  test('members it promoted there get their previous role back', async () => {
    const [eve, stranger, accomplice] = [await squat(), await site.createUser(), await site.createUser()];
    const registryKey = (await findRegistryByAlias(site.app, stranger.alias))?.id ?? 0n;
    await letIn(stranger.caller, registryKey, eve.caller, 'owner');
    await letIn(stranger.caller, registryKey, accomplice.caller, 'reader');
    const { userId } = accomplice.caller.principal;
    const raise = (caller: UserCaller, role: RegistryRole) =>
      changeMemberRole(site.app, { caller, registryKey, userId, role });
    await raise(stranger.caller, 'pusher');
    await raise(eve.caller, 'maintainer');
    await raise(eve.caller, 'owner');
    await site.app.db.user.update({ where: { id: userId }, data: { email: `moved-${userId}@example.org` } });
    await comeByOidc(eve.email);
    expect(await ownersOf(registryKey)).toEqual([`owner ${stranger.caller.principal.userId}`, `pusher ${userId}`]);
  });

  test('a registry without another owner is kept, without its members', async () => {
    const [eve, stranger, reader] = [await squat(), await site.createUser(), await site.createUser()];
    const registryKey = (await findRegistryByAlias(site.app, stranger.alias))?.id ?? 0n;
    await letIn(stranger.caller, registryKey, eve.caller, 'owner');
    await letIn(stranger.caller, registryKey, reader.caller, 'reader');
    await site.app.db.member.delete({
      where: { registryKey_userId: { registryKey, userId: stranger.caller.principal.userId } },
    });
    const { userId } = await comeByOidc(eve.email);
    expect(await ownersOf(registryKey)).toEqual([`owner ${userId}`]);
  });

  test('an owner who is signed in to the account keeps everything, and has proven the address', async () => {
    const eve = await squat();
    const friend = await site.createUser();
    await letIn(eve.caller, eve.registryKey, friend.caller, 'reader');
    const { userId } = await comeByOidc(eve.email, eve.caller.principal.userId);
    expect(await ownersOf(eve.registryKey)).toHaveLength(2);
    await signInUser(site.app, { email: eve.email, password: PASSWORD, address: null });
    expect((await site.app.db.user.findUniqueOrThrow({ where: { id: userId } })).emailProvenAt).not.toBeNull();
  });

  test('members of a proven account stay when it is linked', async () => {
    const [owner, friend] = [await site.createUser(), await site.createUser()];
    const registryKey = (await findRegistryByAlias(site.app, owner.alias))?.id ?? 0n;
    await letIn(owner.caller, registryKey, friend.caller, 'reader');
    await comeByOidc(owner.email);
    expect(await ownersOf(registryKey)).toHaveLength(2);
  });

  test('a concurrent acceptance lets nobody in', async () => {
    for (let i = 0; i < 5; i += 1) {
      const [eve, accomplice] = [await squat(), await site.createUser()];
      const { link } = await invite(eve.caller, eve.registryKey, 'owner');
      const accept = acceptInvitation(site.app, { caller: accomplice.caller, secret: secretOf(link) });
      const [owner] = await Promise.all([comeByOidc(eve.email), accept.catch(() => null)]);
      expect(await ownersOf(eve.registryKey)).toEqual([`owner ${owner.userId}`]);
    }
  });
});

test('ADMIN_EMAIL takes over an account that was created with that address', async () => {
  const own = await createTestApp({ ADMIN_EMAIL: 'boss@example.org', ADMIN_PASSWORD: 'the operator’s password' });
  const account = { email: 'boss@example.org', password: PASSWORD, displayName: 'Eve', address: null };
  await signUpUser(own.app, account);
  await ensureFirstAdmin(own.app);
  await expect(signInUser(own.app, account)).rejects.toMatchObject({ code: 'unauthenticated' });
  const boss = await signInUser(own.app, { ...account, password: 'the operator’s password' });
  expect(boss.siteRole).toBe('admin');
  await own.close();
});
