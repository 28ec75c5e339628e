// The owner of a squatted address signs in while the squatter's requests are running. The squatter loses all access,
// whatever those requests were allowed to do.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { inviteMember } from '#lib/publishers/members/invite-member.ts';
import { changeEmail } from '#lib/identity/email/change-email.ts';
import { changePassword } from '#lib/identity/accounts/change-password.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { findSessionUser } from '#lib/identity/sessions/find-session-user.ts';
import { proveEmail } from '#lib/identity/email/prove-email.ts';
import { NO_REQUEST, type UserCaller } from '#lib/access/schema.ts';
import { hashSecret } from '#lib/identity/credentials/secrets.ts';
import { signInByOidc } from '#lib/identity/sessions/sign-in-by-oidc.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { signUpUser } from '#lib/identity/sign-up/sign-up-user.ts';
import { startSession } from '#lib/identity/sessions/start-session.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';

const ISSUER = 'https://id.example.org';
const PASSWORD = 'the attacker’s password';
const ORIGIN = { address: null, userAgent: null, requestId: null };

let site: TestApp;
beforeAll(async () => {
  const env = { OIDC_ISSUER: ISSUER, OIDC_CLIENT_ID: 'vitrine', OIDC_CLIENT_SECRET: 'secret' };
  site = await createTestApp({ ...env, SIGN_UPS_PER_HOUR: '0' });
});
afterAll(() => site.close());

let serial = 0;
type Squatter = { caller: UserCaller; sessionId: string; email: string; registryKey: bigint };

async function squat(): Promise<Squatter> {
  const { app } = site;
  const email = `victim-${(serial += 1)}@example.org`;
  const user = await signUpUser(app, { email, password: PASSWORD, displayName: 'Eve', address: null });
  const sessionId = await openTestSession(app, { user });
  const principal = await findSessionUser(app, { sessionId });
  if (!principal) throw new Error('no session');
  const caller: UserCaller = { principal, context: NO_REQUEST };
  return { caller, sessionId, email, registryKey: await ensureRegistry(app, { caller }) };
}

const comeByOidc = (email: string) =>
  signInByOidc(site.app, {
    claims: { iss: ISSUER, sub: `owner of ${email}`, email, email_verified: true },
    currentUserId: null,
    address: null,
  });
const signIn = (email: string, password: string) => signInUser(site.app, { email, password, address: null });

describe('requests in flight when the owner signs in', () => {
  test('a password checked before does not start a session after', async () => {
    const { email } = await squat();
    const user = await signIn(email, PASSWORD);
    await comeByOidc(email);
    await expect(startSession(site.app, { user, method: 'password', ...ORIGIN })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('the squatter’s new password does not work', async () => {
    const { caller, sessionId, email } = await squat();
    const newPassword = 'another password of theirs';
    const input = { caller, currentPassword: PASSWORD, newPassword, keepSessionId: sessionId, endsAccessTokens: false };
    const change = changePassword(site.app, input).catch(() => null);
    await Promise.all([comeByOidc(email), change]);
    await expect(signIn(email, newPassword)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('the account keeps its address', async () => {
    const { caller, sessionId, email } = await squat();
    const change = changeEmail(site.app, {
      caller,
      sessionId,
      email: `mallory-${(serial += 1)}@example.org`,
      currentPassword: PASSWORD,
    }).catch(() => null);
    const [owner] = await Promise.all([comeByOidc(email), change]);
    expect(await site.app.db.user.findUnique({ where: { id: owner.userId } })).toMatchObject({ email });
  });

  test('a mailed link does not change the address either', async () => {
    for (let i = 0; i < 5; i += 1) {
      const { caller, email } = await squat();
      const proof = { email: `mallory-${(serial += 1)}@example.org`, secretHash: hashSecret(email) };
      const expiresAt = new Date(Date.now() + 60_000);
      await site.app.db.emailProof.create({ data: { ...proof, userId: caller.principal.userId, expiresAt } });
      const prove = proveEmail(site.app, { caller, secret: email }).catch(() => null);
      const [owner] = await Promise.all([comeByOidc(email), prove]);
      expect(await site.app.db.user.findUnique({ where: { id: owner.userId } })).toMatchObject({ email });
    }
  });

  test('an ended session cannot create an access token', async () => {
    const { caller, email } = await squat();
    await comeByOidc(email);
    const create = createAccessToken(site.app, { caller, name: 'late', scopes: ['pull'], expiresInDays: null });
    await expect(create).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('concurrent and later invitations leave no open invitation', async () => {
    const { caller, email, registryKey } = await squat();
    const invite = (n: number) =>
      inviteMember(site.app, { caller, registryKey, email: `friend-${n}@example.org`, role: 'owner' }).catch(
        () => null,
      );
    await Promise.all([comeByOidc(email), ...Array.from({ length: 8 }, (_, n) => invite(n))]);
    await invite(99);
    expect(await site.app.db.invitation.count({ where: { registryKey, acceptedAt: null, revokedAt: null } })).toBe(0);
  });
});
