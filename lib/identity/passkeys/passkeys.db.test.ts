// Passkeys, with an authenticator in software.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserCaller } from '#lib/access/schema.ts';
import { readFactors } from '#lib/identity/factors/factor-queries.ts';
import { findPendingSignIn, finishSignIn } from '#lib/identity/factors/finish-sign-in.ts';
import { reapSignIns } from '#lib/identity/jobs/reap-sign-ins.ts';
import { findSessionUser } from '#lib/identity/sessions/find-session-user.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { startSession } from '#lib/identity/sessions/start-session.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { SoftAuthenticator } from '#lib/testing/soft-authenticator.ts';
import { addPasskey } from './add-passkey.ts';
import { createChallenge, spendChallenge } from './challenge.ts';
import { createRegistrationOptions, createSecondFactorOptions, createSignInOptions } from './passkey-options.ts';
import { removePasskey } from './remove-passkey.ts';
import { renamePasskey } from './rename-passkey.ts';
import { signInWithPasskey } from './sign-in-with-passkey.ts';

const ORIGIN = 'https://g.example';
const PARTY = { origin: ORIGIN, rpId: 'g.example' };
const CLIENT = { address: null, userAgent: null, requestId: null };
const REFUSED = { code: 'unauthenticated' };

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp({ PUBLIC_URL: ORIGIN });
});
afterAll(() => site.close());

async function newCaller() {
  const user = await site.createUser();
  const sessionId = await openTestSession(site.app, { user: user.caller.principal });
  const caller: UserCaller = { ...user.caller, principal: { ...user.caller.principal, sessionId } };
  return { user, caller, userId: caller.principal.userId };
}

async function register(caller: UserCaller, name = 'laptop') {
  const { challenge, user } = await createRegistrationOptions(site.app, { caller });
  const key = new SoftAuthenticator();
  const added = await addPasskey(site.app, { caller, name, response: key.create({ ...PARTY, challenge }) });
  return { key, handle: user.id, ...added };
}

async function newPasskey() {
  const person = await newCaller();
  return { ...person, ...(await register(person.caller)) };
}

const signInChallenge = async () => (await createSignInOptions(site.app)).challenge;
const signIn = (response: unknown) => signInWithPasskey(site.app, { response, address: null });

describe('a passkey', () => {
  test('signs in alone, once per challenge', async () => {
    const { user, userId, key, handle, recoveryCodes } = await newPasskey();
    expect(recoveryCodes).toHaveLength(10);
    const response = key.get({ ...PARTY, challenge: await signInChallenge() }, handle);
    const found = await signIn(response);
    expect(found).toMatchObject({ userId, email: user.email });
    const sessionId = await openTestSession(site.app, { user: found, method: 'passkey' });
    expect((await findSessionUser(site.app, { sessionId }))?.userId).toBe(userId);
    await expect(signIn(response)).rejects.toMatchObject(REFUSED);
    const [passkey] = (await readFactors(site.app, { userId })).passkeys;
    expect(passkey).toMatchObject({ name: 'laptop', isSynced: false });
    expect(passkey?.lastUsedAt).not.toBeNull();
  });

  test('is refused for another site, another user, or without the user’s verification', async () => {
    const { key, handle } = await newPasskey();
    const other = await newPasskey();
    const challenge = signInChallenge;
    const attempts = [
      key.get({ ...PARTY, origin: 'https://evil.example', challenge: await challenge() }, handle),
      key.get({ ...PARTY, rpId: 'evil.example', challenge: await challenge() }, handle),
      key.get({ ...PARTY, challenge: await challenge() }, other.handle),
      key.get({ ...PARTY, challenge: await challenge() }, undefined),
      key.get({ ...PARTY, challenge: await challenge() }, handle, { isUserVerified: false }),
      key.get({ ...PARTY, challenge: Buffer.from('made up').toString('base64url') }, handle),
      new SoftAuthenticator().get({ ...PARTY, challenge: await challenge() }, handle),
      {
        ...other.key.get({ ...PARTY, challenge: await challenge() }, handle),
        id: key.create({ ...PARTY, challenge: '' }).id,
      },
      null,
      'text',
      { id: 'x' },
    ];
    for (const response of attempts) await expect(signIn(response)).rejects.toMatchObject(REFUSED);
    await signIn(key.get({ ...PARTY, challenge: await challenge() }, handle));
  });

  test('is refused if its counter goes back, which suggests a copy', async () => {
    const { key, handle } = await newPasskey();
    await signIn(key.get({ ...PARTY, challenge: await signInChallenge() }, handle));
    key.counter = 0;
    await expect(signIn(key.get({ ...PARTY, challenge: await signInChallenge() }, handle))).rejects.toMatchObject(
      REFUSED,
    );
  });

  test('of a disabled account doesn’t sign in', async () => {
    const { userId, key, handle } = await newPasskey();
    await site.app.db.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
    const response = key.get({ ...PARTY, challenge: await signInChallenge() }, handle);
    await expect(signIn(response)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a passkey as second factor', () => {
  async function begin() {
    const person = await newPasskey();
    const { email, password } = person.user;
    const user = await signInUser(site.app, { email, password, address: null });
    const started = await startSession(site.app, { user, method: 'password', ...CLIENT });
    if (started.kind !== 'second_factor') throw new Error('a session started without the second factor');
    return { ...person, secret: started.secret };
  }
  const finish = (secret: string, response: unknown) =>
    finishSignIn(site.app, { ...CLIENT, secret, factor: { kind: 'passkey', response } });

  test('finishes a sign-in by password', async () => {
    const { userId, key, secret } = await begin();
    expect(await findPendingSignIn(site.app, { secret })).toMatchObject({ kinds: ['passkey'] });
    const { challenge, allowCredentials } = await createSecondFactorOptions(site.app, { userId });
    expect(allowCredentials).toMatchObject([{ id: key.credentialId.toString('base64url') }]);
    const response = key.get({ ...PARTY, challenge }, undefined, { isUserVerified: false });
    const { sessionId } = await finish(secret, response);
    expect((await findSessionUser(site.app, { sessionId }))?.userId).toBe(userId);
  });

  test('must belong to the user, and answer a challenge made for that', async () => {
    const { userId, key, secret } = await begin();
    const other = await newPasskey();
    const { challenge } = await createSecondFactorOptions(site.app, { userId });
    await expect(finish(secret, other.key.get({ ...PARTY, challenge }, undefined))).rejects.toMatchObject(REFUSED);
    const wrong = await createSecondFactorOptions(site.app, { userId: other.userId });
    for (const one of [wrong.challenge, await signInChallenge()]) {
      await expect(finish(secret, key.get({ ...PARTY, challenge: one }, undefined))).rejects.toMatchObject(REFUSED);
    }
    await finish(secret, key.get({ ...PARTY, challenge }, undefined));
  });
});

describe('managing passkeys', () => {
  test('they are renamed and removed by their user only', async () => {
    const { caller, userId } = await newPasskey();
    const second = await register(caller, 'phone');
    expect(second.recoveryCodes).toBeNull();
    const [first] = (await readFactors(site.app, { userId })).passkeys;
    const id = first?.id ?? '';
    const stranger = await newCaller();
    const missing = { code: 'not_found' };
    await expect(renamePasskey(site.app, { caller: stranger.caller, id, name: 'x' })).rejects.toMatchObject(missing);
    await expect(removePasskey(site.app, { caller: stranger.caller, id })).rejects.toMatchObject(missing);
    await expect(removePasskey(site.app, { caller, id: 'x' })).rejects.toMatchObject(missing);
    await expect(renamePasskey(site.app, { caller, id, name: ' ' })).rejects.toMatchObject({ code: 'invalid_input' });
    await renamePasskey(site.app, { caller, id, name: 'work laptop' });
    expect((await readFactors(site.app, { userId })).passkeys.map(({ name }) => name)).toEqual([
      'work laptop',
      'phone',
    ]);
    await removePasskey(site.app, { caller, id });
    expect((await readFactors(site.app, { userId })).recoveryCodesLeft).toBe(10);
    const [last] = (await readFactors(site.app, { userId })).passkeys;
    await removePasskey(site.app, { caller, id: last?.id ?? '' });
    expect(await readFactors(site.app, { userId })).toEqual({ passkeys: [], totpSince: null, recoveryCodesLeft: 0 });
    const events = await site.app.db.auditEvent.findMany({
      where: { actorId: userId, action: { startsWith: 'factor.' } },
      orderBy: { id: 'asc' },
    });
    expect(events.map(({ action }) => action.replace('factor.', ''))).toEqual([
      'add-passkey',
      'add-passkey',
      'rename-passkey',
      'remove-passkey',
      'remove-passkey',
    ]);
  });

  test('adding one takes a recent session, a fitting challenge and a free place', async () => {
    const { caller, userId } = await newCaller();
    const { challenge } = await createRegistrationOptions(site.app, { caller });
    const key = new SoftAuthenticator();
    const response = key.create({ ...PARTY, challenge });
    const stranger = await newCaller();
    const invalid = { code: 'invalid_input' };
    await expect(addPasskey(site.app, { caller: stranger.caller, name: 'x', response })).rejects.toMatchObject(invalid);
    for (const bad of [null, {}, key.create({ ...PARTY, origin: 'https://evil.example', challenge })]) {
      await expect(addPasskey(site.app, { caller, name: 'x', response: bad })).rejects.toMatchObject(invalid);
    }
    await addPasskey(site.app, { caller, name: 'x', response });
    await expect(addPasskey(site.app, { caller, name: 'x', response })).rejects.toMatchObject(invalid);
    const again = await createRegistrationOptions(site.app, { caller });
    const twice = key.create({ ...PARTY, challenge: again.challenge });
    await expect(addPasskey(site.app, { caller, name: 'x', response: twice })).rejects.toMatchObject({
      code: 'conflict',
    });
    const rows = Array.from({ length: 19 }, (_, i) => ({
      userId,
      name: 'x',
      credentialId: `${userId}-${i}`,
      publicKey: new Uint8Array(1),
      isSynced: false,
    }));
    await site.app.db.passkey.createMany({ data: rows });
    await expect(register(caller)).rejects.toMatchObject({ code: 'conflict' });
    await site.app.db.session.updateMany({
      where: { userId },
      data: { createdAt: new Date(Date.now() - 11 * 60_000) },
    });
    await expect(register(caller)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

test('a challenge is valid once, for its purpose, for ten minutes', async () => {
  const { db, authKeys } = site.app;
  const key = authKeys.challenge;
  const purpose = { action: 'register', userId: 'a' } as const;
  const challenge = createChallenge(key, purpose).toString('base64url');
  for (const other of [
    { ...purpose, userId: 'b' },
    { ...purpose, action: 'sign-in' as const },
  ]) {
    expect(await spendChallenge(db, key, { ...other, challenge })).toBe(false);
  }
  expect(await spendChallenge(db, new Uint8Array(32), { ...purpose, challenge })).toBe(false);
  for (const text of ['', 'x', challenge.slice(0, -4)]) {
    expect(await spendChallenge(db, key, { ...purpose, challenge: text })).toBe(false);
  }
  const both = await Promise.all([1, 2].map(() => spendChallenge(db, key, { ...purpose, challenge })));
  expect(both.sort()).toEqual([false, true]);
  await reapSignIns(site.app);
  expect(await db.usedChallenge.count()).toBeGreaterThan(0);
  await db.usedChallenge.updateMany({ data: { expiresAt: new Date(0) } });
  await reapSignIns(site.app);
  expect(await db.usedChallenge.count()).toBe(0);
});
