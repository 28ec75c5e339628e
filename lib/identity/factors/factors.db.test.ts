// Second factors: authenticator apps, recovery codes, and every way in that they guard.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM_CALLER, type UserCaller } from '#lib/access/schema.ts';
import { changePassword } from '#lib/identity/accounts/change-password.ts';
import { listUsers } from '#lib/identity/accounts/user-queries.ts';
import { takeOverAccount } from '#lib/identity/accounts/take-over-account.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { createResetLink } from '#lib/identity/password-reset/create-reset-link.ts';
import { resetPassword } from '#lib/identity/password-reset/reset-password.ts';
import { createSignInLink } from '#lib/identity/sessions/create-sign-in-link.ts';
import { findSessionUser } from '#lib/identity/sessions/find-session-user.ts';
import { redeemSignInLink } from '#lib/identity/sessions/redeem-sign-in-link.ts';
import { signInByOidc } from '#lib/identity/sessions/sign-in-by-oidc.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { startSession } from '#lib/identity/sessions/start-session.ts';
import type { SessionUser, SignInMethod } from '#lib/identity/schema.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { readFactors } from './factor-queries.ts';
import { findPendingSignIn, finishSignIn, type SecondFactor } from './finish-sign-in.ts';
import { removeTotp } from './remove-totp.ts';
import { renewRecoveryCodes } from './renew-recovery-codes.ts';
import { resetFactors } from './reset-factors.ts';
import { confirmTotp, findTotpSetup, startTotp } from './set-up-totp.ts';
import { totpCode, totpStep } from './totp.ts';

const ISSUER = 'https://id.example.org';
const CLIENT = { address: null, userAgent: null, requestId: null };

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp({
    PUBLIC_URL: 'https://g.example',
    OIDC_ISSUER: ISSUER,
    OIDC_CLIENT_ID: 'vitrine',
    OIDC_CLIENT_SECRET: 'secret',
  });
});
afterAll(() => site.close());

/** A caller with a session that is recent. */
async function signedIn(user: TestUser): Promise<{ caller: UserCaller; sessionId: string }> {
  const { principal } = user.caller;
  const sessionId = await openTestSession(site.app, { user: principal });
  return { caller: { ...user.caller, principal: { ...principal, sessionId } }, sessionId };
}

/** Each code works once, so tests use a later one each time. */
const codeAt = (secret: string, offset = 1) => totpCode(secret, totpStep(new Date()) + offset);

async function withTotp() {
  const user = await site.createUser();
  const { caller, sessionId } = await signedIn(user);
  await startTotp(site.app, { caller });
  const secret = (await findTotpSetup(site.app, { caller }))?.secret ?? '';
  const { recoveryCodes } = await confirmTotp(site.app, { caller, code: codeAt(secret, 0) });
  return { user, caller, sessionId, secret, recoveryCodes: recoveryCodes ?? [], userId: caller.principal.userId };
}

async function begin(user: SessionUser, method: SignInMethod = 'password'): Promise<string> {
  const started = await startSession(site.app, { user, method, ...CLIENT });
  if (started.kind !== 'second_factor') throw new Error('a session started without the second factor');
  return started.secret;
}
const byPassword = ({ email, password }: { email: string; password: string }) =>
  signInUser(site.app, { email, password, address: null });
const finish = (secret: string, factor: SecondFactor, address: string | null = null) =>
  finishSignIn(site.app, { ...CLIENT, secret, factor, address });
const totp = (code: string): SecondFactor => ({ kind: 'totp', code });
const recovery = (code: string): SecondFactor => ({ kind: 'recovery_code', code });
const WRONG = { code: 'invalid_input' };
const ENDED = { code: 'unauthenticated' };

describe('an authenticator app', () => {
  test('is on once a code confirms it, and its secret is encrypted', async () => {
    const user = await site.createUser();
    const { caller } = await signedIn(user);
    const { userId } = caller.principal;
    await startTotp(site.app, { caller });
    const setup = await findTotpSetup(site.app, { caller });
    expect(setup?.url).toContain(`otpauth://totp/g.example:${encodeURIComponent(user.email)}?secret=${setup?.secret}`);
    const row = await site.app.db.totpFactor.findUniqueOrThrow({ where: { userId } });
    expect(Buffer.from(row.sealedSecret).toString('latin1')).not.toContain(setup?.secret);
    await expect(confirmTotp(site.app, { caller, code: '000000' })).rejects.toMatchObject(WRONG);
    expect(await startSession(site.app, { user: await byPassword(user), method: 'password', ...CLIENT })).toMatchObject(
      {
        kind: 'session',
      },
    );
    const { recoveryCodes } = await confirmTotp(site.app, { caller, code: codeAt(setup?.secret ?? '', 0) });
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await findTotpSetup(site.app, { caller })).toBeNull();
    expect(await readFactors(site.app, { userId })).toMatchObject({ recoveryCodesLeft: 10, passkeys: [] });
    await expect(startTotp(site.app, { caller })).rejects.toMatchObject({ code: 'conflict' });
    await begin(await byPassword(user));
  });

  test('ends other sessions when it is the first factor, because they never passed one', async () => {
    const user = await site.createUser();
    const other = await openTestSession(site.app, { user: user.caller.principal });
    const { caller, sessionId } = await signedIn(user);
    await startTotp(site.app, { caller });
    const secret = (await findTotpSetup(site.app, { caller }))?.secret ?? '';
    expect(await findSessionUser(site.app, { sessionId: other })).not.toBeNull();
    await confirmTotp(site.app, { caller, code: codeAt(secret) });
    expect(await findSessionUser(site.app, { sessionId: other })).toBeNull();
    expect(await findSessionUser(site.app, { sessionId })).not.toBeNull();
  });

  test('accepts each code once, also at the same time', async () => {
    const { user, secret } = await withTotp();
    const pending = [await begin(await byPassword(user)), await begin(await byPassword(user))];
    const code = codeAt(secret);
    const both = await Promise.allSettled(pending.map((one) => finish(one, totp(code))));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(finish(await begin(await byPassword(user)), totp(code))).rejects.toMatchObject(WRONG);
  });

  test('needs a recent session to be added or removed', async () => {
    const { caller, sessionId } = await withTotp();
    const old = new Date(Date.now() - 11 * 60_000);
    await site.app.db.session.update({ where: { id: sessionId }, data: { createdAt: old } });
    for (const work of [removeTotp, renewRecoveryCodes, startTotp]) {
      await expect(work(site.app, { caller })).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('Sign in again.') as string,
      });
    }
    const user = await site.createUser();
    const byToken = { ...user.caller, principal: await authenticateAccessToken(site.app, user.token) };
    await expect(startTotp(site.app, { caller: byToken })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(startTotp(site.app, { caller: user.caller })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('can be removed, and recovery codes go with the last factor', async () => {
    const { user, caller, userId } = await withTotp();
    await removeTotp(site.app, { caller });
    expect(await readFactors(site.app, { userId })).toEqual({ passkeys: [], totpSince: null, recoveryCodesLeft: 0 });
    await expect(removeTotp(site.app, { caller })).rejects.toMatchObject({ code: 'not_found' });
    await expect(renewRecoveryCodes(site.app, { caller })).rejects.toMatchObject({ code: 'conflict' });
    expect(await startSession(site.app, { user: await byPassword(user), method: 'password', ...CLIENT })).toMatchObject(
      {
        kind: 'session',
      },
    );
    const events = await site.app.db.auditEvent.findMany({
      where: { actorId: userId, action: { startsWith: 'factor.' } },
    });
    expect(events.map(({ action }) => action).sort()).toEqual(['factor.add-totp', 'factor.remove-totp']);
  });
});

describe('without the second factor', () => {
  test('no way in gives a session', async () => {
    const { user, userId, secret } = await withTotp();
    const link = await createSignInLink(site.app, { userId });
    const reset = await createResetLink(site.app, { caller: SYSTEM_CALLER, userId });
    const password = 'a password after the reset';
    await site.app.db.oidcIdentity.create({ data: { issuer: ISSUER, subject: user.email, userId } });
    const claims = { iss: ISSUER, sub: user.email, email: user.email, email_verified: true };
    const ways: [SignInMethod, () => Promise<SessionUser>][] = [
      ['password', () => byPassword(user)],
      ['link', () => redeemSignInLink(site.app, { secret: link.secret, address: null })],
      ['oidc', () => signInByOidc(site.app, { claims, currentUserId: null, address: null })],
      [
        'link',
        () =>
          resetPassword(site.app, {
            secret: /secret=(\w+)/.exec(reset.url)?.[1] ?? '',
            password,
            endsAccessTokens: false,
            address: null,
          }),
      ],
    ];
    const before = await site.app.db.session.count({ where: { userId } });
    let pending = '';
    for (const [method, enter] of ways) {
      pending = await begin(await enter(), method);
      expect(await findPendingSignIn(site.app, { secret: pending })).toEqual({
        userId,
        email: user.email,
        kinds: ['totp'],
      });
      expect(await findSessionUser(site.app, { sessionId: pending }).catch(() => null)).toBeNull();
    }
    expect(await site.app.db.session.count({ where: { userId } })).toBe(before);
    const { sessionId } = await finish(pending, totp(codeAt(secret)));
    expect((await findSessionUser(site.app, { sessionId }))?.userId).toBe(userId);
    const row = await site.app.db.session.findUniqueOrThrow({ where: { id: sessionId } });
    expect(row).toMatchObject({ method: 'link', factor: 'totp' });
    const event = await site.app.db.auditEvent.findFirst({
      where: { action: 'session.start', actorId: userId },
      orderBy: { id: 'desc' },
    });
    expect(event?.after).toEqual({ method: 'link', factor: 'totp' });
  });

  test('an identity provider can’t link the account', async () => {
    const { user, userId } = await withTotp();
    const claims = { iss: ISSUER, sub: 'someone', email: user.email, email_verified: true };
    const enter = (currentUserId: string | null) => signInByOidc(site.app, { claims, currentUserId, address: null });
    await expect(enter(null)).rejects.toMatchObject({ detail: { refusal: 'second_factor' } });
    await byPassword(user);
    expect((await enter(userId)).userId).toBe(userId);
  });

  test('a password at docker login is refused as for everyone, and tokens keep working', async () => {
    const { user, userId } = await withTotp();
    await expect(authenticateAccessToken(site.app, user.password)).rejects.toThrow(/This is not an access token/);
    expect((await authenticateAccessToken(site.app, user.token)).userId).toBe(userId);
  });
});

describe('an outstanding sign-in', () => {
  test('works once', async () => {
    const { user, secret, recoveryCodes } = await withTotp();
    const pending = await begin(await byPassword(user));
    await finish(pending, totp(codeAt(secret)));
    await expect(finish(pending, recovery(recoveryCodes[0] ?? ''))).rejects.toMatchObject(ENDED);
    expect(await findPendingSignIn(site.app, { secret: pending })).toBeNull();
    await expect(finish('never-made', totp('000000'))).rejects.toMatchObject(ENDED);
  });

  test('ends after ten minutes, or when the credentials change', async () => {
    const { user, caller, userId, secret } = await withTotp();
    const first = await begin(await byPassword(user));
    await site.app.db.pendingSignIn.updateMany({ where: { userId }, data: { expiresAt: new Date() } });
    await expect(finish(first, totp(codeAt(secret)))).rejects.toMatchObject(ENDED);
    const second = await begin(await byPassword(user));
    const newPassword = 'changed meanwhile';
    const change = {
      caller,
      currentPassword: user.password,
      newPassword,
      keepSessionId: null,
      endsAccessTokens: false,
    };
    await changePassword(site.app, change);
    await expect(finish(second, totp(codeAt(secret)))).rejects.toMatchObject(ENDED);
  });

  test('limits wrong codes, which a known password doesn’t reset', async () => {
    const { user, secret } = await withTotp();
    const pending = await begin(await byPassword(user));
    for (let i = 0; i < 5; i += 1) await expect(finish(pending, totp('000000'))).rejects.toMatchObject(WRONG);
    const limited = { code: 'rate_limited' };
    await expect(finish(pending, totp(codeAt(secret)))).rejects.toMatchObject(limited);
    await expect(finish(await begin(await byPassword(user)), totp(codeAt(secret)))).rejects.toMatchObject(limited);
    await expect(finish(pending, recovery('x4kd-9mvw-h2pr-7tqa'))).rejects.toMatchObject(limited);
  });
});

describe('recovery codes', () => {
  test('each replace the second factor once, however they are typed', async () => {
    const { user, userId, recoveryCodes } = await withTotp();
    const [first = '', second = ''] = recoveryCodes;
    expect(first).toMatch(/^(?:[2-9a-hjkmnp-z]{4}-){3}[2-9a-hjkmnp-z]{4}$/);
    const stored = JSON.stringify(await site.app.db.recoveryCode.findMany({ where: { userId } }));
    expect(stored).not.toContain(first);
    await finish(await begin(await byPassword(user)), recovery(first.toUpperCase().replaceAll('-', ' ')));
    const pending = [await begin(await byPassword(user)), await begin(await byPassword(user))];
    await expect(finish(pending[0] ?? '', recovery(first))).rejects.toMatchObject(WRONG);
    const both = await Promise.allSettled(pending.map((one) => finish(one, recovery(second))));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await readFactors(site.app, { userId })).recoveryCodesLeft).toBe(8);
  });

  test('are replaced together', async () => {
    const { user, caller, recoveryCodes } = await withTotp();
    const renewed = await renewRecoveryCodes(site.app, { caller });
    expect(renewed.recoveryCodes).toHaveLength(10);
    const pending = await begin(await byPassword(user));
    await expect(finish(pending, recovery(recoveryCodes[0] ?? ''))).rejects.toMatchObject(WRONG);
    await finish(pending, recovery(renewed.recoveryCodes[0] ?? ''));
  });
});

describe('resetting factors', () => {
  test('removes all of them, ends sessions and tells the user', async () => {
    const { user, userId, sessionId } = await withTotp();
    const pending = await begin(await byPassword(user));
    const admin = await site.createUser({ role: 'admin' });
    const reviewer = await site.createUser({ role: 'reviewer' });
    await expect(resetFactors(site.app, { caller: reviewer.caller, userId })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const listed = () => listUsers(site.app, { query: user.email, role: null, offset: 0, limit: 1 });
    expect((await listed()).rows).toMatchObject([{ hasFactor: true }]);
    await resetFactors(site.app, { caller: admin.caller, userId });
    expect((await listed()).rows).toMatchObject([{ hasFactor: false }]);
    expect(await readFactors(site.app, { userId })).toEqual({ passkeys: [], totpSince: null, recoveryCodesLeft: 0 });
    expect(await findSessionUser(site.app, { sessionId })).toBeNull();
    expect(await findPendingSignIn(site.app, { secret: pending })).toBeNull();
    const notes = await site.app.db.auditEvent.findMany({ where: { action: 'factor.reset' } });
    expect(notes).toMatchObject([{ actorId: admin.caller.principal.userId, target: user.email }]);
    await expect(resetFactors(site.app, { caller: admin.caller, userId })).rejects.toMatchObject({ code: 'conflict' });
    expect(await startSession(site.app, { user: await byPassword(user), method: 'password', ...CLIENT })).toMatchObject(
      {
        kind: 'session',
      },
    );
  });

  test('is part of a take-over', async () => {
    const { userId } = await withTotp();
    await site.app.db.user.update({ where: { id: userId }, data: { emailProvenAt: null } });
    const user = await site.app.db.user.findUniqueOrThrow({ where: { id: userId } });
    await site.app.db.$transaction((tx) => takeOverAccount(tx, { user, caller: SYSTEM_CALLER }));
    expect(await readFactors(site.app, { userId })).toEqual({ passkeys: [], totpSince: null, recoveryCodesLeft: 0 });
  });
});
